import { csvText } from '../formats/csv-text';

/** Classes of an image, or why there are none. */
export interface CsvPrediction {
  readonly image: string;
  /** Most probable first. */
  readonly top: readonly { readonly label: string; readonly probability: number }[];
  readonly error: string | null;
}

/** One line for each image, quoted after RFC 4180: its path, its `topK` classes with their probabilities, and what is wrong with it. */
export function predictionsCsv(predictions: readonly CsvPrediction[], topK: number): string {
  const places = Array.from({ length: topK }, (_, place) => place);
  const suffix = (place: number) => (place === 0 ? '' : String(place + 1));
  const titles = places.flatMap((place) => [`class${suffix(place)}`, `probability${suffix(place)}`]);
  const lines = predictions.map(({ image, top, error }) => [
    image,
    ...places.flatMap((place) => [top[place]?.label ?? '', probabilityCell(top[place]?.probability)]),
    error ?? '',
  ]);
  return csvText([['image', ...titles, 'error'], ...lines]);
}

function probabilityCell(probability: number | undefined): string {
  return probability === undefined ? '' : String(Number(probability.toPrecision(6)));
}
