import { gemm, pack_columns, pack_rows } from './gemm';
import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt } from './simd';

/** Words of the argument blocks of packing and of the product itself. */
const PACK_WORDS = 7;
const GEMM_WORDS = 14;

/**
 * C = A·B for each matrix of a batch, every one by one part. Arguments: number of matrices, tables of the addresses of A,
 * B and C, 1 where A is given as its transpose, the argument words of pack_rows or pack_columns and of gemm (addresses
 * left open), scratch, bytes of scratch of each part: for the words, then for A packed, then for gemm; bytes of A packed.
 */
export function product_batch(args: usize, part: i32, parts: i32): void {
  const scratch = argAddress(args, 7) + usize(ownPart()) * argAddress(args, 8);
  const packWords = scratch;
  const gemmWords = at(scratch, 16);
  const packed = scratch + 128;
  memory.copy(packWords, argAddress(args, 5), PACK_WORDS << 2);
  memory.copy(gemmWords, argAddress(args, 6), GEMM_WORDS << 2);
  store<usize>(at(packWords, 1), packed);
  store<usize>(gemmWords, packed);
  store<usize>(at(gemmWords, 12), packed + argAddress(args, 9));
  const end = splitAt(arg(args, 0), part + 1, parts);
  for (let item = splitAt(arg(args, 0), part, parts); item < end; item++) {
    store<usize>(packWords, load<usize>(at(argAddress(args, 1), item)));
    store<usize>(at(gemmWords, 1), load<usize>(at(argAddress(args, 2), item)));
    store<usize>(at(gemmWords, 2), load<usize>(at(argAddress(args, 3), item)));
    if (arg(args, 4) != 0) pack_columns(packWords, 0, 1);
    else pack_rows(packWords, 0, 1);
    gemm(gemmWords, 0, 1);
  }
}
