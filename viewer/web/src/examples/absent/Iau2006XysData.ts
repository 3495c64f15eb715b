// In the place of tables of the Earth's wobble that Cesium fetches; without them it knows where the sun is to an arc minute.

export default class Iau2006XysData {
  preload(): Promise<void> {
    return Promise.resolve();
  }

  computeXysRadians(): undefined {
    return undefined;
  }
}
