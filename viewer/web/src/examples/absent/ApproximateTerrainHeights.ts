// In the place of a table of the Earth's heights that Cesium fetches to drape things over a globe; here is none.

export default {
  initialized: true,
  initialize: () => Promise.resolve(),
};
