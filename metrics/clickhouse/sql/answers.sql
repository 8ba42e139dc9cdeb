-- answers: which answer to a question is there, of the data with a mark?
SELECT answers.answer AS answer
FROM answers FINAL
WHERE answers.question = @question
    AND answers.mark = @mark
