/** The service's own tables; no other service reads them. Part of the schema's history: src/storage/sqlite/migrations.ts. */
export const LOGS_TABLES = `
  SELECT 1;
`;
