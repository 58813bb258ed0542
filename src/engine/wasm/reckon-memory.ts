import type { PlanMemory } from '../engine';
import type { Plan, StateLayout } from '../plan';
import { encodePlan } from './encode/encode-plan';
import { MAXIMUM_BYTES } from './heap';
import { loadOpcodes } from './kernel-module';
import { ProgramBuilder } from './program-builder';

/** What a session of this layout and this plan would take of the CPU engine's memory; nothing is reserved or run. `assets`: see WasmEngineOptions. */
export async function reckonMemory(
  layout: StateLayout,
  plan: Plan,
  { assets, threads }: { readonly assets: string; readonly threads: number },
): Promise<PlanMemory> {
  const nowhere = { state: 0, arena: 0, data: 0, scratch: 0, program: 0, kept: 0 };
  const builder = new ProgramBuilder(await loadOpcodes(assets), threads, nowhere);
  encodePlan(plan, builder);
  const { words, scratchBytes } = builder.finish();
  return {
    stateBytes: layout.byteLength,
    dataBytes: 0,
    arenaBytes: plan.arenaBytes,
    scratchBytes,
    programBytes: words.byteLength,
  };
}

/** Most that the CPU engine can take, whatever the machine has. */
export const mostBytes = MAXIMUM_BYTES;
