import { existsSync } from 'node:fs';

/** SwiftShader, a GPU in software: Debian's chromium carries it, and a Vulkan loader beside it (see vitest.config.mjs). */
const driver = process.env['CNN_LAB_VULKAN_DRIVER'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json';

/** What a process must have in its environment from its beginning to find that GPU. */
export const softwareGpuEnvironment = { VK_ICD_FILENAMES: driver } as const;

/** The same of one that shall find none. */
export const noGpuEnvironment = { VK_ICD_FILENAMES: '/nowhere/no_icd.json' } as const;

/** Why there is no GPU to test with; undefined: there is one. */
export const noSoftwareGpu: string | undefined = existsSync(driver)
  ? undefined
  : `no Vulkan driver ${driver}: install Debian's chromium, or set CNN_LAB_VULKAN_DRIVER`;
