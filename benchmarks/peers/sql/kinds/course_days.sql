-- More treatment days (or days of the calendar) than a course, visit or year may have.
INSERT INTO found
WITH matched AS (
  SELECT s.*, CASE WHEN coalesce(group_id, '') = '' THEN point_id ELSE group_id END AS item,
         CASE WHEN "window" = 'visit' THEN mdtrt_id WHEN "window" = 'year' THEN year(fee_date)::VARCHAR ELSE '' END
           AS bucket,
         coalesce((c.p->>'new_course_after_days')::INTEGER, 90) AS pause
  FROM sided s JOIN card c USING (detector_id)
  WHERE s.kind = 'course_days' AND side = 'item' AND meant
),
days AS (
  SELECT detector_id, item, psn_no, bucket, fee_date, max("window") AS win, max(limit_unit) AS unit, max(pause) AS pause
  FROM matched GROUP BY detector_id, item, psn_no, bucket, fee_date
),
started AS (
  SELECT *, CASE WHEN coalesce(win, '') NOT IN ('visit', 'year', 'person')
                  AND fee_date - lag(fee_date) OVER by_day > pause THEN 1 ELSE 0 END AS starts
  FROM days WINDOW by_day AS (PARTITION BY detector_id, item, psn_no, bucket ORDER BY fee_date)
),
courses AS (
  SELECT *, sum(starts) OVER (PARTITION BY detector_id, item, psn_no, bucket ORDER BY fee_date) AS course FROM started
),
ranked AS (
  SELECT detector_id, item, psn_no, bucket, fee_date,
         CASE WHEN unit = 'elapsed days' THEN fee_date - min(fee_date) OVER in_course + 1
              ELSE row_number() OVER in_course END AS place
  FROM courses
  WINDOW in_course AS (PARTITION BY detector_id, item, psn_no, bucket, course ORDER BY fee_date)
)
SELECT m.detector_id, 'fee_list_d', m.bkkp_sn, m.net_inscp
FROM matched m JOIN ranked r USING (detector_id, item, psn_no, bucket, fee_date)
WHERE r.place > m.limit_value;
