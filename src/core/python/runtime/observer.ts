import type { NodeId } from '../../graph/graph';
import type { SourceError } from '../source-error';
import type { Place, SourceFile } from '../source-file';
import type { Span } from '../syntax/syntax';
import type { InstanceValue, UnknownValue, Value } from './values';

/**
 * Is told what happens while a model is made and called, and keeps errors: with an observer, a call that fails gives an
 * unknown value and reading goes on; without one, the first error ends it. See `analyzeModel`.
 */
export interface Observer {
  /** An error at a call: kept; the call's value is what is given back. */
  recover(error: SourceError): UnknownValue;
  /** A call of a module begins; every `enter` is followed by one `leave`. */
  enter(module: InstanceValue, inputs: readonly Value[], place: Place): void;
  leave(output: Value): void;
  /** A node was added to the model's Graph, inside of the call that was entered last. */
  nodeMade(id: NodeId, place: Place): void;
  /** A variable was read or assigned, or a statement gave a value, while forward ran. */
  mention(kind: 'name' | 'statement', file: SourceFile, span: Span, name: string | undefined, value: Value): void;
  /** A module is being made; `interpreter.callPlaces` says by what calls. */
  making(module: InstanceValue): void;
  /** A module became an attribute of another: `self.conv1 = …`. */
  assigned(module: InstanceValue, place: Place): void;
}
