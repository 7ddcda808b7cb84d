-- Reporting views, see docs/schema.md. Run unchanged on DuckDB and Postgres.
-- A view carries dealership_id and its date, like the tables it reads.

-- grain: retail deal (booked or finalized, retail or lease, not unwound), F&I one row a deal.
CREATE VIEW v_retail_deal AS
SELECT
  d.deal_id, d.dealership_id, d.deal_no, d.booked_date, d.contract_date, d.delivery_date,
  d.finalized_date, d.deal_type, d.vehicle_class, d.finance_type, d.deal_status, d.is_house,
  d.customer_id, d.inventory_unit_id, d.vehicle_id, d.lead_id, d.desk_manager_id, d.fi_manager_id,
  d.make, d.model, d.model_year, d.fuel, d.sale_price, d.msrp_at_sale, d.doc_fee, d.vehicle_cost,
  d.recon_cost, d.pack, d.holdback, d.incentive, d.over_allowance, d.front_gross, d.back_gross,
  d.total_gross, d.normalized_front_gross, d.days_in_stock_at_sale, d.trade_count,
  d.salesperson_count, d.is_financed, d.is_gap_eligible,
  COALESCE(p.fi_products_count, 0) AS fi_products_count,
  COALESCE(p.fi_products_gross, 0) AS fi_products_gross,
  d.back_gross AS fi_gross,
  COALESCE(p.has_vsc, 0) AS has_vsc,
  COALESCE(p.has_gap, 0) AS has_gap
FROM deal AS d
LEFT JOIN (
  SELECT
    deal_id,
    COUNT(*) AS fi_products_count,
    SUM(product_gross) AS fi_products_gross,
    MAX(CASE WHEN product_code = 'VSC' THEN 1 ELSE 0 END) AS has_vsc,
    MAX(CASE WHEN product_code = 'GAP' THEN 1 ELSE 0 END) AS has_gap
  FROM fi_product_sale
  GROUP BY deal_id
) AS p ON p.deal_id = d.deal_id
WHERE d.is_retail;

-- grain: retail deal x salesperson; credits sum back to v_retail_deal.
CREATE VIEW v_deal_credit AS
SELECT
  s.deal_id, s.dealership_id, s.booked_date, s.employee_id, e.full_name AS salesperson,
  s.is_house, s.vehicle_class, s.deal_type, s.split_pct, s.unit_credit,
  s.front_gross_credit, s.back_gross_credit,
  s.front_gross_credit + s.back_gross_credit AS total_gross_credit
FROM deal_salesperson AS s
JOIN employee AS e ON e.employee_id = s.employee_id
WHERE s.is_retail;

-- grain: retail deal x F&I product: penetration numerators.
CREATE VIEW v_fi_product AS
SELECT
  f.fi_product_sale_id, f.deal_id, f.dealership_id, f.booked_date, f.vehicle_class,
  f.finance_type, f.fi_manager_id, f.product_code, p.product_name, f.price, f.dealer_cost,
  f.product_gross, f.cancelled_date, f.chargeback_amount, f.chargeback_post_date,
  CASE WHEN f.cancelled_date IS NULL THEN 1 ELSE 0 END AS is_surviving
FROM fi_product_sale AS f
JOIN fi_product AS p ON p.product_code = f.product_code
WHERE f.is_retail;

-- grain: retail deal x F&I product, sold on it or not: penetrations by product have every deal in the denominator.
CREATE VIEW v_deal_product AS
SELECT
  d.deal_id, d.dealership_id, d.booked_date, d.vehicle_class, d.finance_type, d.fi_manager_id,
  p.product_code, CASE WHEN s.deal_id IS NULL THEN 0 ELSE 1 END AS is_sold
FROM deal AS d
CROSS JOIN fi_product AS p
LEFT JOIN (SELECT DISTINCT deal_id, product_code FROM fi_product_sale) AS s
  ON s.deal_id = d.deal_id AND s.product_code = p.product_code
WHERE d.is_retail;

-- grain: retail deal with its stocking: all recon posted so far, also after the sale.
CREATE VIEW v_deal_unit AS
SELECT
  d.deal_id, d.dealership_id, d.booked_date, d.vehicle_class, u.inventory_unit_id,
  u.acquisition_source, u.recon_estimate, u.recon_actual
FROM deal AS d
JOIN inventory_unit AS u ON u.inventory_unit_id = d.inventory_unit_id
WHERE d.is_retail;

-- grain: retail deal as it stood when the books of its month were closed: `is_retail` and the gross columns are what is left of it now,
-- `lowered_since` is what recaps took off its gross after the close (recon posted late). Months that are open have no rows.
CREATE VIEW v_deal_at_close AS
SELECT
  d.deal_id, d.dealership_id, d.booked_date, d.vehicle_class, c.closed_at, d.is_retail,
  d.unwound_date, d.front_gross, d.total_gross, COALESCE(r.lowered_by, 0) AS lowered_since
FROM deal AS d
JOIN month_close AS c
  ON c.dealership_id = d.dealership_id AND c.month_start = CAST(DATE_TRUNC('month', d.booked_date) AS DATE)
LEFT JOIN (
  SELECT e.deal_id, SUM(e.old_gross - e.new_gross) AS lowered_by
  FROM deal_event AS e
  JOIN deal AS b ON b.deal_id = e.deal_id
  JOIN month_close AS m
    ON m.dealership_id = b.dealership_id AND m.month_start = CAST(DATE_TRUNC('month', b.booked_date) AS DATE)
  WHERE e.event_type = 'recapped' AND e.event_ts > m.closed_at
  GROUP BY e.deal_id
) AS r ON r.deal_id = d.deal_id
WHERE d.is_retail_ever_booked AND c.closed_at IS NOT NULL
  AND (d.is_retail OR d.unwound_date > CAST(c.closed_at AS DATE));

-- grain: F&I chargeback posted (product or reserve), dated by posting.
CREATE VIEW v_fi_chargeback AS
SELECT
  deal_id, dealership_id, chargeback_post_date, booked_date, vehicle_class, fi_manager_id,
  product_code AS chargeback_kind, chargeback_amount
FROM fi_product_sale
WHERE chargeback_post_date IS NOT NULL
UNION ALL
SELECT
  deal_id, dealership_id, chargeback_post_date, booked_date, vehicle_class, fi_manager_id,
  'RESERVE' AS chargeback_kind, reserve_chargeback AS chargeback_amount
FROM deal_finance
WHERE chargeback_post_date IS NOT NULL;

-- grain: closed RO x pay type. Count ROs with COUNT(DISTINCT ro_id): one RO may carry several.
CREATE VIEW v_ro_paytype AS
SELECT
  t.ro_id, t.dealership_id, t.closed_date, t.department_id, t.pay_type,
  SUM(t.labor_sale) AS labor_sale, SUM(t.labor_cost) AS labor_cost,
  SUM(t.parts_sale) AS parts_sale, SUM(t.parts_cost) AS parts_cost,
  SUM(t.sublet_sale) AS sublet_sale, SUM(t.sublet_cost) AS sublet_cost,
  SUM(t.billed_hours) AS billed_hours, SUM(t.actual_hours) AS actual_hours
FROM (
  SELECT ro_id, dealership_id, closed_date, department_id, pay_type, labor_sale, labor_cost,
    parts_sale, parts_cost, 0 AS sublet_sale, 0 AS sublet_cost, billed_hours, actual_hours
  FROM ro_line WHERE is_closed
  UNION ALL
  SELECT ro_id, dealership_id, closed_date, department_id, pay_type, 0, 0, 0, 0, sale, cost, 0, 0
  FROM ro_sublet_misc WHERE is_closed
) AS t
GROUP BY t.ro_id, t.dealership_id, t.closed_date, t.department_id, t.pay_type;

-- grain: line of a closed RO, with its operation.
CREATE VIEW v_ro_line AS
SELECT
  l.ro_line_id, l.ro_id, l.dealership_id, l.closed_date, l.department_id, l.advisor_id, l.line_no,
  l.op_code, o.description AS op_description, l.op_category, l.pay_type, l.pay_subtype,
  l.labor_sale, l.labor_cost, l.parts_sale, l.parts_cost, l.billed_hours, l.actual_hours,
  l.posted_rate, l.discount, l.is_upsell, l.is_comeback, l.is_declined
FROM ro_line AS l
LEFT JOIN op_code AS o ON o.op_code = l.op_code
WHERE l.is_closed;

-- grain: unit x date in stock (never sum over dates).
CREATE VIEW v_inventory_daily AS
SELECT
  s.inventory_snapshot_id, s.dealership_id, s.snapshot_date, s.inventory_unit_id, u.stock_no,
  u.make, u.model, u.model_year, u.fuel, u.acquisition_source, s.vehicle_class, s.unit_status,
  s.is_in_stock, s.days_in_stock, s.age_bucket, s.asking_price, s.market_price, s.book_cost,
  s.floorplan_balance, s.market_days_supply, s.vdp_views
FROM inventory_snapshot AS s
JOIN inventory_unit AS u ON u.inventory_unit_id = s.inventory_unit_id;

-- grain: unit on the last snapshot of its store.
CREATE VIEW v_inventory_now AS
SELECT v.*
FROM v_inventory_daily AS v
JOIN (
  SELECT dealership_id, MAX(snapshot_date) AS last_date
  FROM inventory_snapshot
  GROUP BY dealership_id
) AS m ON m.dealership_id = v.dealership_id AND m.last_date = v.snapshot_date;

-- grain: unique lead (duplicates and bad ones left out).
CREATE VIEW v_lead_cohort AS
SELECT
  l.lead_id, l.dealership_id, l.created_date, l.created_ts, l.lead_channel, l.lead_source_id,
  s.source_name, s.source_category, l.vehicle_interest_class, l.model_interest, l.lead_status,
  l.assigned_to, l.bdc_rep_id, l.first_response_ts, l.first_human_response_ts,
  l.response_minutes AS response_minutes_24h,
  l.business_response_minutes AS response_minutes_business,
  l.is_business_hours, l.is_auto_response_first, l.has_contact, l.has_appointment, l.has_show,
  l.sold_deal_id, l.sold_date, l.is_sold_90d
FROM lead AS l
JOIN lead_source AS s ON s.lead_source_id = l.lead_source_id
WHERE l.is_unique_lead;

-- grain: store x department x statement line x accounting month, canonical sign.
CREATE VIEW v_fin_stmt AS
SELECT
  dealership_id, month_start, department_id, statement_line, is_closed, is_prelim,
  SUM(CASE WHEN account_type = 'sales' THEN amount ELSE 0 END) AS sales,
  SUM(CASE WHEN account_type = 'sales' THEN amount
           WHEN account_type = 'cos' THEN -amount ELSE 0 END) AS gross,
  SUM(CASE WHEN account_type = 'expense' THEN amount ELSE 0 END) AS expense,
  SUM(CASE WHEN account_type IN ('sales', 'other_income') THEN amount
           WHEN account_type IN ('cos', 'expense', 'deduction') THEN -amount
           ELSE 0 END) AS net
FROM gl_month
WHERE account_type NOT IN ('asset', 'liability')
GROUP BY dealership_id, month_start, department_id, statement_line, is_closed, is_prelim;

-- grain: store x department x metric x selling day: month to date, pace and target.
-- pace_curve divides by the share of the month this store had done by the same selling day
-- over all complete months of its history.
CREATE VIEW v_pace AS
WITH bounds AS (
  SELECT dealership_id, MAX(snapshot_date) AS data_through FROM inventory_snapshot GROUP BY dealership_id
),
daily AS (
  SELECT dealership_id, booked_date AS metric_date,
    CASE WHEN vehicle_class = 'new' THEN 'NEW' ELSE 'USED' END AS department_id,
    'units_retail' AS metric_id, CAST(COUNT(*) AS DECIMAL(14,2)) AS metric_value
  FROM deal WHERE is_retail
  GROUP BY dealership_id, booked_date, CASE WHEN vehicle_class = 'new' THEN 'NEW' ELSE 'USED' END
  UNION ALL
  SELECT dealership_id, booked_date,
    CASE WHEN vehicle_class = 'new' THEN 'NEW' ELSE 'USED' END,
    'front_gross', SUM(front_gross)
  FROM deal WHERE is_retail
  GROUP BY dealership_id, booked_date, CASE WHEN vehicle_class = 'new' THEN 'NEW' ELSE 'USED' END
  UNION ALL
  SELECT dealership_id, booked_date, 'FI', 'fi_gross', SUM(back_gross)
  FROM deal WHERE is_retail
  GROUP BY dealership_id, booked_date
  UNION ALL
  SELECT dealership_id, closed_date, 'SVC', 'labor_sales', SUM(labor_sale)
  FROM ro_line WHERE is_closed
  GROUP BY dealership_id, closed_date
),
spine AS (
  SELECT c.dealership_id, c.calendar_date, c.month_start, c.selling_day_no_in_month,
    c.selling_days_in_month, m.department_id, m.metric_id,
    COALESCE(d.metric_value, 0) AS metric_value
  FROM store_calendar AS c
  JOIN bounds AS b ON b.dealership_id = c.dealership_id
  JOIN (SELECT dealership_id, department_id, metric_id, MIN(MIN(metric_date)) OVER (PARTITION BY dealership_id) AS first_date
    FROM daily GROUP BY dealership_id, department_id, metric_id) AS m
    ON m.dealership_id = c.dealership_id
  LEFT JOIN daily AS d ON d.dealership_id = c.dealership_id AND d.metric_date = c.calendar_date
    AND d.department_id = m.department_id AND d.metric_id = m.metric_id
  WHERE c.calendar_date <= b.data_through AND c.calendar_date >= m.first_date
),
running AS (
  SELECT dealership_id, calendar_date, month_start, department_id, metric_id,
    selling_day_no_in_month, selling_days_in_month,
    SUM(metric_value) OVER (
      PARTITION BY dealership_id, department_id, metric_id, month_start ORDER BY calendar_date
    ) AS mtd,
    SUM(metric_value) OVER (
      PARTITION BY dealership_id, department_id, metric_id, month_start
    ) AS month_total
  FROM spine
),
curve AS (
  SELECT r.dealership_id, r.department_id, r.metric_id, r.selling_day_no_in_month,
    CAST(SUM(r.mtd) AS DOUBLE PRECISION) / NULLIF(SUM(r.month_total), 0) AS share_done
  FROM running AS r
  JOIN bounds AS b ON b.dealership_id = r.dealership_id
  WHERE r.month_start < DATE_TRUNC('month', b.data_through)
  GROUP BY r.dealership_id, r.department_id, r.metric_id, r.selling_day_no_in_month
),
current_target AS (
  SELECT dealership_id, department_id, metric_id, month_start, target_value
  FROM target
  WHERE is_current AND employee_id IS NULL AND target_source = 'budget'
)
SELECT
  r.dealership_id, r.department_id, r.metric_id, r.calendar_date AS pace_date, r.month_start,
  r.mtd,
  r.selling_day_no_in_month AS selling_days_elapsed,
  r.selling_days_in_month - r.selling_day_no_in_month AS selling_days_remaining,
  r.mtd * r.selling_days_in_month / NULLIF(r.selling_day_no_in_month, 0) AS pace_linear,
  r.mtd / NULLIF(c.share_done, 0) AS pace_curve,
  t.target_value
FROM running AS r
LEFT JOIN curve AS c ON c.dealership_id = r.dealership_id AND c.department_id = r.department_id
  AND c.metric_id = r.metric_id AND c.selling_day_no_in_month = r.selling_day_no_in_month
LEFT JOIN current_target AS t ON t.dealership_id = r.dealership_id
  AND t.department_id = r.department_id AND t.metric_id = r.metric_id
  AND t.month_start = r.month_start;

-- grain: one stocking of a VIN, at the store that stocks it. As a fact: what a store bought, readied and owes for.
-- (The table itself is a dimension too: there a store also sees units it traded with another one.)
CREATE VIEW v_stocking AS
SELECT
  i.inventory_unit_id, i.dealership_id, i.stock_no, i.vehicle_id, i.vehicle_class, i.make, i.model,
  i.model_year, i.fuel, i.acquired_date, i.acquisition_source, i.acquisition_cost, i.transport_cost,
  i.recon_estimate, i.recon_actual, i.arrived_date, i.frontline_ready_date, i.days_to_frontline,
  i.first_price_date, i.unit_status, i.sold_date, i.asking_price, i.floorplan_start_date,
  i.floorplan_payoff_date, i.floorplan_principal, i.curtailment_due_date, i.aging_bucket_policy
FROM inventory_unit AS i;
