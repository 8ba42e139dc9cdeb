// A backend of Backstage with nothing but the catalog, as tests start it.
const { createBackend } = require('@backstage/backend-defaults');

const backend = createBackend();
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-unprocessed'));
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.start().catch(error => {
  console.error(error);
  process.exit(1);
});
