-- catalog_links: does something answer at the links of entities, as it was asked last?
SELECT
    catalog_links.url AS url,
    toUInt8(catalog_links.answers) AS answers,
    catalog_links.status AS status,
    toInt64(catalog_links.checked) AS checked,
    toInt64(catalog_links.since) AS since,
    toInt64(catalog_links.failed) AS failed,
    toInt64(catalog_links.answered) AS answered
FROM catalog_links FINAL
ORDER BY url
