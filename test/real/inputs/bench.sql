-- A schema, 20 000 rows, an index, joins, window functions, text functions, JSON, a recursive query.
CREATE TABLE item(id INTEGER PRIMARY KEY, kind TEXT, price REAL, note TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  INSERT INTO item SELECT i, 'kind ' || (i * 7919 % 31), (i * 104729 % 10007) / 100.0, printf('note %05d', i) FROM n;
CREATE INDEX by_kind ON item(kind, price);
SELECT kind, count(*), round(avg(price), 3), max(note) FROM item GROUP BY kind ORDER BY 2 DESC, 1 LIMIT 8;
SELECT a.kind, count(*) FROM item a JOIN item b ON b.id = a.id * 3 AND b.price > a.price GROUP BY 1 ORDER BY 1 LIMIT 5;
SELECT id, rank() OVER (PARTITION BY kind ORDER BY price DESC) AS r FROM item ORDER BY r, id LIMIT 6;
UPDATE item SET note = upper(replace(note, 'note', kind)) WHERE id % 3 = 0;
DELETE FROM item WHERE price < 10;
SELECT count(*), sum(length(note)), group_concat(DISTINCT substr(note, 1, 6)) FROM item;
WITH RECURSIVE
  xaxis(x) AS (VALUES(-2.0) UNION ALL SELECT x + 0.1 FROM xaxis WHERE x < 1.2),
  yaxis(y) AS (VALUES(-1.0) UNION ALL SELECT y + 0.2 FROM yaxis WHERE y < 1.0),
  m(iter, cx, cy, x, y) AS (
    SELECT 0, x, y, 0.0, 0.0 FROM xaxis, yaxis
    UNION ALL
    SELECT iter + 1, cx, cy, x * x - y * y + cx, 2.0 * x * y + cy FROM m WHERE (x * x + y * y) < 4.0 AND iter < 28
  ),
  m2(iter, cx, cy) AS (SELECT max(iter), cx, cy FROM m GROUP BY cx, cy),
  a(t) AS (SELECT group_concat(substr(' .+*#', 1 + min(iter / 7, 4), 1), '') FROM m2 GROUP BY cy)
SELECT group_concat(rtrim(t), x'0a') FROM a;
