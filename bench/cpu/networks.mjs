/** What is measured: models of networks.py with the shape of an image and the images in a batch. */
export const networks = [
  { name: 'lenet', target: 'lenet', input: [1, 28, 28], batch: 64 },
  { name: 'mnist-net', target: 'mnist_net', input: [1, 28, 28], batch: 64 },
  { name: 'three-block', target: 'three_block', input: [3, 32, 32], batch: 64 },
  { name: 'resnet18', target: 'resnet18', input: [3, 64, 64], batch: 32 },
  { name: 'mobilenetv2', target: 'mobilenetv2', input: [3, 96, 96], batch: 32 },
  { name: 'vgg11', target: 'vgg11', input: [3, 32, 32], batch: 64 },
];

export const classCount = 10;

/** Throws where there is none of that name. */
export function networkNamed(name) {
  const network = networks.find((each) => each.name === name);
  if (!network)
    throw new Error(`There is no network '${name}'; there are ${networks.map((each) => each.name).join(', ')}`);
  return network;
}
