/*
 * The data sets that `cnn-lab download` and "Download Data Set…" fetch: what they are, where their files lie, and how these
 * become a data set. Byte counts and SHA-256 sums are those that TensorFlow Datasets publishes for the same files
 * (github.com/tensorflow/datasets: tensorflow_datasets/url_checksums/{mnist,fashion_mnist,kmnist,cifar10,cifar100,emnist}.txt,
 * tensorflow_datasets/datasets/{imagenette,oxford_iiit_pet}/checksums.tsv). The first address is theirs or the publisher's;
 * the others are places where the same files are known to lie, and what comes from them is checked all the same.
 */

export interface TeachingSet {
  /** What it is called on a command line, and its folder. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen on the images. */
  readonly about: string;
  readonly counts: { readonly train: number; readonly val?: number; readonly test?: number };
  readonly classCount: number;
  /** For people: `28 × 28, grey`. */
  readonly imageSize: string;
  readonly homepage: string;
  /** As its publisher says, in words. */
  readonly license: string;
  readonly citation: string;
  readonly files: readonly RemoteFile[];
  readonly layout: TeachingSetLayout;
}

export interface RemoteFile {
  /** On the disk. */
  readonly name: string;
  /** The same file, in the order in which they are tried. */
  readonly urls: readonly string[];
  readonly bytes: number;
  readonly checksum: Checksum;
}

/** In hex, lower case. MD5 where nothing better is published: it tells damage, not malice. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'md5';
  readonly value: string;
}

/** How the files become a folder that can be opened. */
export type TeachingSetLayout =
  /** They are read as they are (IDX, gzipped). */
  | { readonly kind: 'idx'; readonly classes: readonly string[] }
  /** CIFAR's binary files: about as large as their archive, and opened faster. */
  | { readonly kind: 'cifar'; readonly bounds: UnpackBounds }
  /** Folders `train/<class>` and `val/<class>` of images, with better names for the classes. */
  | {
      readonly kind: 'class-folders';
      readonly bounds: UnpackBounds;
      readonly folderNames: Readonly<Record<string, string>>;
    }
  /** Images in one folder, named after their breed, and lists of the training and the test images. */
  | { readonly kind: 'oxford-pets'; readonly bounds: UnpackBounds }
  /** Gzipped IDX files in a zip of all EMNIST sets; images lie on their side and labels begin at 1. */
  | {
      readonly kind: 'emnist';
      readonly set: string;
      readonly classes: readonly string[];
      readonly bounds: UnpackBounds;
    };

/** What an archive may unpack to at most; more is a bomb, or not the archive that is meant. */
export interface UnpackBounds {
  readonly files: number;
  readonly bytes: number;
}

export function downloadBytes({ files }: Pick<TeachingSet, 'files'>): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

export function findTeachingSet(id: string): TeachingSet | undefined {
  const wanted = plainId(id);
  return teachingSets.find((set) => plainId(set.id) === wanted);
}

/** `CIFAR-10`, `cifar_10` and `cifar10` are the same. */
function plainId(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]/g, '');
}

const million = 1_000_000;

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

const fashionClasses = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/** The ten hiragana, as KMNIST's own class map names them. */
const kuzushijiClasses = ['お o', 'き ki', 'す su', 'つ tsu', 'な na', 'は ha', 'ま ma', 'や ya', 'れ re', 'を wo'];

/** WordNet's numbers, and what github.com/fastai/imagenette calls the classes. */
const imagenetteClasses = {
  n01440764: 'tench',
  n02102040: 'English springer',
  n02979186: 'cassette player',
  n03000684: 'chain saw',
  n03028079: 'church',
  n03394916: 'French horn',
  n03417042: 'garbage truck',
  n03425413: 'gas pump',
  n03445777: 'golf ball',
  n03888257: 'parachute',
};

const mnistFolders = [
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
];
const fashionFolders = [
  'https://storage.googleapis.com/tensorflow/tf-keras-datasets/',
  'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
  'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
];
const kuzushijiFolders = [
  'https://codh.rois.ac.jp/kmnist/dataset/kmnist/',
  'http://codh.rois.ac.jp/kmnist/dataset/kmnist/',
];
const petsFolders = [
  'https://thor.robots.ox.ac.uk/~vgg/data/pets/',
  'https://www.robots.ox.ac.uk/~vgg/data/pets/data/',
];

export const teachingSets: readonly TeachingSet[] = [
  {
    id: 'mnist',
    title: 'MNIST',
    about: 'handwritten digits',
    counts: { train: 60_000, test: 10_000 },
    classCount: 10,
    imageSize: '28 × 28, grey',
    homepage: 'http://yann.lecun.com/exdb/mnist/',
    license: 'CC BY-SA 3.0, as Keras states it; made of NIST’s Special Databases 1 and 3',
    citation:
      'Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition. 1998.',
    files: [
      fileIn(
        mnistFolders,
        'train-images-idx3-ubyte.gz',
        9_912_422,
        '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      ),
      fileIn(
        mnistFolders,
        'train-labels-idx1-ubyte.gz',
        28_881,
        '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      ),
      fileIn(
        mnistFolders,
        't10k-images-idx3-ubyte.gz',
        1_648_877,
        '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      ),
      fileIn(
        mnistFolders,
        't10k-labels-idx1-ubyte.gz',
        4_542,
        'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      ),
    ],
    layout: { kind: 'idx', classes: digits },
  },
  {
    id: 'fashion-mnist',
    title: 'Fashion-MNIST',
    about: 'clothes, shoes and bags of a shop',
    counts: { train: 60_000, test: 10_000 },
    classCount: 10,
    imageSize: '28 × 28, grey',
    homepage: 'https://github.com/zalandoresearch/fashion-mnist',
    license: 'MIT',
    citation:
      'H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. arXiv:1708.07747, 2017.',
    files: [
      fileIn(
        fashionFolders,
        'train-images-idx3-ubyte.gz',
        26_421_880,
        '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      ),
      fileIn(
        fashionFolders,
        'train-labels-idx1-ubyte.gz',
        29_515,
        'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      ),
      fileIn(
        fashionFolders,
        't10k-images-idx3-ubyte.gz',
        4_422_102,
        '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      ),
      fileIn(
        fashionFolders,
        't10k-labels-idx1-ubyte.gz',
        5_148,
        '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      ),
    ],
    layout: { kind: 'idx', classes: fashionClasses },
  },
  {
    id: 'kmnist',
    title: 'Kuzushiji-MNIST',
    about: 'ten hiragana in old cursive Japanese writing',
    counts: { train: 60_000, test: 10_000 },
    classCount: 10,
    imageSize: '28 × 28, grey',
    homepage: 'http://codh.rois.ac.jp/kmnist/',
    license: 'CC BY-SA 4.0',
    citation:
      'T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha: Deep learning for classical Japanese literature. arXiv:1812.01718, 2018.',
    files: [
      fileIn(
        kuzushijiFolders,
        'train-images-idx3-ubyte.gz',
        18_165_135,
        '51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4',
      ),
      fileIn(
        kuzushijiFolders,
        'train-labels-idx1-ubyte.gz',
        29_497,
        'e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17',
      ),
      fileIn(
        kuzushijiFolders,
        't10k-images-idx3-ubyte.gz',
        3_041_136,
        'edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5',
      ),
      fileIn(
        kuzushijiFolders,
        't10k-labels-idx1-ubyte.gz',
        5_120,
        '20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c',
      ),
    ],
    layout: { kind: 'idx', classes: kuzushijiClasses },
  },
  {
    id: 'cifar-10',
    title: 'CIFAR-10',
    about: 'small photographs of animals and vehicles',
    counts: { train: 50_000, test: 10_000 },
    classCount: 10,
    imageSize: '32 × 32, colour',
    homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    license: 'none stated',
    citation: 'A. Krizhevsky: Learning multiple layers of features from tiny images. 2009.',
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        urls: [
          'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
          'https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/cifar-10-binary.tar.gz',
        ],
        bytes: 170_052_171,
        checksum: sha256('c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd'),
      },
    ],
    layout: { kind: 'cifar', bounds: { files: 20, bytes: 200 * million } },
  },
  {
    id: 'cifar-100',
    title: 'CIFAR-100',
    about: 'small photographs of things, plants, animals and people',
    counts: { train: 50_000, test: 10_000 },
    classCount: 100,
    imageSize: '32 × 32, colour',
    homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    license: 'none stated',
    citation: 'A. Krizhevsky: Learning multiple layers of features from tiny images. 2009.',
    files: [
      {
        name: 'cifar-100-binary.tar.gz',
        urls: ['https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz'],
        bytes: 168_513_733,
        checksum: sha256('58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec'),
      },
    ],
    layout: { kind: 'cifar', bounds: { files: 20, bytes: 200 * million } },
  },
  {
    id: 'oxford-pets',
    title: 'Oxford-IIIT Pet',
    about: 'cats and dogs of 37 breeds',
    counts: { train: 3_680, test: 3_669 },
    classCount: 37,
    imageSize: 'photographs, colour',
    homepage: 'https://www.robots.ox.ac.uk/~vgg/data/pets/',
    license: 'CC BY-SA 4.0',
    citation: 'O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar: Cats and dogs. CVPR 2012.',
    files: [
      fileIn(
        petsFolders,
        'images.tar.gz',
        791_918_971,
        '67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d',
      ),
      fileIn(
        petsFolders,
        'annotations.tar.gz',
        19_173_078,
        '52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91',
      ),
    ],
    layout: { kind: 'oxford-pets', bounds: { files: 40_000, bytes: 1_200 * million } },
  },
  {
    id: 'imagenette',
    title: 'Imagenette (320 px)',
    about: 'photographs of ten classes of ImageNet that are easy to tell apart',
    counts: { train: 9_469, val: 3_925 },
    classCount: 10,
    imageSize: '320 pixels on the shorter side, colour',
    homepage: 'https://github.com/fastai/imagenette',
    license: 'Apache 2.0 for the collection; the photographs are ImageNet’s, for research and teaching only',
    citation: 'J. Howard: Imagenette. github.com/fastai/imagenette, 2019.',
    files: [
      {
        name: 'imagenette2-320.tgz',
        urls: [
          'https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-320.tgz',
          'https://fast-ai-imageclas.s3.amazonaws.com/imagenette2-320.tgz',
        ],
        bytes: 341_663_724,
        checksum: sha256('569b4497c98db6dd29f335d1f109cf315fe127053cedf69010d047f0188e158c'),
      },
    ],
    layout: { kind: 'class-folders', bounds: { files: 30_000, bytes: 600 * million }, folderNames: imagenetteClasses },
  },
  {
    id: 'emnist-letters',
    title: 'EMNIST Letters',
    about: 'handwritten letters, capital and small together',
    counts: { train: 124_800, test: 20_800 },
    classCount: 26,
    imageSize: '28 × 28, grey',
    homepage: 'https://www.nist.gov/itl/products-and-services/emnist-dataset',
    license: 'none stated; made of NIST’s Special Database 19',
    citation:
      'G. Cohen, S. Afshar, J. Tapson, A. van Schaik: EMNIST: an extension of MNIST to handwritten letters. arXiv:1702.05373, 2017.',
    files: [
      {
        // All six EMNIST sets come in one file only.
        name: 'gzip.zip',
        urls: [
          'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip',
          'https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip',
        ],
        bytes: 561_753_746,
        checksum: sha256('fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e'),
      },
    ],
    layout: {
      kind: 'emnist',
      set: 'letters',
      classes: Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index)),
      bounds: { files: 100, bytes: 1_000 * million },
    },
  },
];

function fileIn(folders: readonly string[], name: string, bytes: number, sum: string): RemoteFile {
  return { name, urls: folders.map((folder) => folder + name), bytes, checksum: sha256(sum) };
}

function sha256(value: string): Checksum {
  return { algorithm: 'sha256', value };
}
