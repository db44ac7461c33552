// The names of WebGPU's objects that public types mention. TypeScript 6 knows the interfaces; for an older one, or without
// the DOM's types, they are opaque objects. Where they are known, nothing is added to them.
declare global {
  interface GPUAdapter {}
  interface GPUBindGroup {}
  interface GPUBindGroupLayout {}
  interface GPUBuffer {}
  interface GPUComputePipeline {}
  interface GPUDevice {}
}

export {};
