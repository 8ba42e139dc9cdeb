-- baselines: where did key results begin, as it was first told, and are the definitions still those of then?
SELECT
    okr_baselines.objective AS objective,
    okr_baselines.key AS key,
    okr_baselines.question AS question,
    okr_baselines.frozen AS frozen,
    okr_baselines.value AS value,
    okr_baselines.num AS num,
    okr_baselines.den AS den,
    okr_baselines.definitions IN (SELECT argMax(current.definitions, current.generation) FROM current WHERE current.repo = 0) AS same
FROM okr_baselines
ORDER BY
    objective,
    key,
    question,
    frozen
LIMIT 1 BY
    objective,
    key,
    question
