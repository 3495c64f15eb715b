// In the place of a reader of Gaussian splats, which Cesium brings and no world of ours has: the page is a tenth smaller.

export function loadSpz(): never {
  throw new Error('Gaussian splats are not shown here');
}
