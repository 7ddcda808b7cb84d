-- The data contract of a dealership warehouse. Runs unchanged on DuckDB and Postgres.
-- Rules: money DECIMAL(12,2) in dollars; rates are fractions (0.0649); DATE and TIMESTAMP are
-- store-local (columns named *_utc are not, and are never used for dates); a fact carries its
-- dealership_id and its own date, so tenancy and metrics need no deep joins; snapshots are
-- semi-additive and never summed over dates; deleted source rows are never loaded.
-- is_retail = deal_type retail or lease, status booked or finalized (macro RETAIL).

-- ---------------------------------------------------------------- shared dimensions

-- grain: one dealer group. key: group_id
CREATE TABLE dealer_group (
  group_id VARCHAR(20) NOT NULL,
  group_name VARCHAR(80) NOT NULL
);

-- grain: one rooftop. key: dealership_id
CREATE TABLE dealership (
  dealership_id VARCHAR(20) NOT NULL,
  group_id VARCHAR(20) NOT NULL,
  dealership_name VARCHAR(80) NOT NULL,
  brand_primary VARCHAR(40) NOT NULL,
  franchise_type VARCHAR(20) NOT NULL,          -- domestic, import, luxury, independent
  city VARCHAR(40) NOT NULL,
  state VARCHAR(2) NOT NULL,
  time_zone VARCHAR(40) NOT NULL,
  opened_date DATE NOT NULL,
  doc_fee_policy VARCHAR(20) NOT NULL,          -- in_gross, not_in_gross
  doc_fee_amount DECIMAL(12,2) NOT NULL,
  pack_new DECIMAL(12,2) NOT NULL,
  pack_used DECIMAL(12,2) NOT NULL,
  holdback_in_gross BOOLEAN NOT NULL,           -- holdback and OEM incentives are part of front_gross
  service_stalls INTEGER NOT NULL,
  holding_cost_per_day DECIMAL(12,2) NOT NULL,  -- policy rate of a used unit-day
  oem_program VARCHAR(40)                       -- survey programme; NULL for independents
);

-- grain: one department. key: department_id
CREATE TABLE department (
  department_id VARCHAR(10) NOT NULL,           -- NEW, USED, FI, SVC, PARTS, BODY, ADMIN
  department_name VARCHAR(40) NOT NULL,
  operations VARCHAR(10) NOT NULL               -- variable, fixed, admin
);

-- grain: one calendar date. key: calendar_date
CREATE TABLE calendar (
  calendar_date DATE NOT NULL,
  calendar_year INTEGER NOT NULL,
  calendar_quarter INTEGER NOT NULL,
  calendar_month INTEGER NOT NULL,
  month_start DATE NOT NULL,
  iso_week INTEGER NOT NULL,
  day_of_week INTEGER NOT NULL,                 -- ISO: 1 Monday .. 7 Sunday
  day_name VARCHAR(10) NOT NULL,
  is_weekend BOOLEAN NOT NULL,
  is_holiday BOOLEAN NOT NULL,
  holiday_name VARCHAR(40),
  fiscal_month DATE NOT NULL,                   -- first day; equals month_start in this group
  is_month_end BOOLEAN NOT NULL
);

-- grain: store x date, also before and after the data. key: dealership_id, calendar_date
CREATE TABLE store_calendar (
  dealership_id VARCHAR(20) NOT NULL,
  calendar_date DATE NOT NULL,
  month_start DATE NOT NULL,
  is_holiday BOOLEAN NOT NULL,
  is_selling_day_sales BOOLEAN NOT NULL,
  is_selling_day_service BOOLEAN NOT NULL,
  selling_day_no_in_month INTEGER NOT NULL,     -- sales days from the 1st through this date
  selling_days_in_month INTEGER NOT NULL,
  service_day_no_in_month INTEGER NOT NULL,
  service_days_in_month INTEGER NOT NULL,
  oem_sales_month DATE NOT NULL,                -- may end on the 1st-4th of the next month
  service_hours_open DECIMAL(8,2) NOT NULL,
  service_stalls INTEGER NOT NULL,
  stall_hours DECIMAL(10,2) NOT NULL            -- stalls x hours open
);

-- grain: store x accounting month. key: dealership_id, month_start
CREATE TABLE month_close (
  dealership_id VARCHAR(20) NOT NULL,
  month_start DATE NOT NULL,
  close_status VARCHAR(12) NOT NULL,            -- open, soft_close, closed
  closed_at TIMESTAMP,
  statement_version INTEGER NOT NULL
);

-- grain: person (or house pseudo-employee), current state. key: employee_id
CREATE TABLE employee (
  employee_id VARCHAR(12) NOT NULL,
  first_name VARCHAR(40) NOT NULL,
  last_name VARCHAR(40) NOT NULL,
  full_name VARCHAR(80) NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,           -- home store now
  department_id VARCHAR(10) NOT NULL,
  role VARCHAR(20) NOT NULL,                    -- sales, fi_mgr, sales_mgr, used_mgr, svc_advisor, tech, parts_counter, parts_mgr, bdc, svc_mgr, gm, controller, house
  hire_date DATE NOT NULL,
  term_date DATE,
  tech_level VARCHAR(10),
  is_house BOOLEAN NOT NULL,
  is_active BOOLEAN NOT NULL
);

-- grain: employee x alias. key: employee_id, alias
CREATE TABLE employee_alias (
  employee_id VARCHAR(12) NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  alias VARCHAR(80) NOT NULL,
  alias_type VARCHAR(12) NOT NULL               -- nickname, dms_no, initials
);

-- grain: employee x assignment period (transfers, rehires). key: employee_id, from_date
CREATE TABLE employee_history (
  employee_id VARCHAR(12) NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  role VARCHAR(20) NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE                                  -- NULL while current
);

-- grain: household, business or wholesaler. key: customer_id. Personal columns: name to zip
CREATE TABLE customer (
  customer_id BIGINT NOT NULL,
  customer_type VARCHAR(12) NOT NULL,           -- individual, business, fleet, wholesaler, dealer
  customer_name VARCHAR(120) NOT NULL,
  phone VARCHAR(20),
  email VARCHAR(120),
  street_address VARCHAR(120),
  city VARCHAR(40),
  state VARCHAR(2),
  zip VARCHAR(10),
  do_not_contact BOOLEAN NOT NULL,
  pii_class VARCHAR(12) NOT NULL,               -- personal, business
  master_customer_id BIGINT NOT NULL,           -- own id unless a merged duplicate
  first_seen_date DATE NOT NULL
);

-- grain: VIN. key: vehicle_id. A VIN can be stocked more than once: see inventory_unit
CREATE TABLE vehicle (
  vehicle_id BIGINT NOT NULL,
  vin VARCHAR(17) NOT NULL,
  model_year INTEGER NOT NULL,
  make VARCHAR(40) NOT NULL,
  model VARCHAR(40) NOT NULL,
  trim_level VARCHAR(40) NOT NULL,
  body_style VARCHAR(20) NOT NULL,
  drivetrain VARCHAR(10) NOT NULL,
  fuel VARCHAR(10) NOT NULL,                    -- ICE, HEV, PHEV, BEV
  exterior_color VARCHAR(20) NOT NULL,
  interior_color VARCHAR(20) NOT NULL,
  msrp DECIMAL(12,2) NOT NULL
);

-- grain: store x event that explains an outlier. key: event_id, dealership_id
CREATE TABLE business_event (
  event_id VARCHAR(30) NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  first_date DATE NOT NULL,
  last_date DATE NOT NULL,
  event_name VARCHAR(80) NOT NULL,
  description VARCHAR(400) NOT NULL
);

-- ---------------------------------------------------------------- variable operations

-- grain: deal jacket, current state. key: deal_id. Default date: booked_date
CREATE TABLE deal (
  deal_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  deal_no VARCHAR(20) NOT NULL,                 -- unique per store only
  customer_id BIGINT NOT NULL,
  co_buyer_id BIGINT,
  inventory_unit_id BIGINT NOT NULL,
  vehicle_id BIGINT NOT NULL,
  deal_type VARCHAR(12) NOT NULL,               -- retail, lease, wholesale, fleet, dealer_trade
  vehicle_class VARCHAR(8) NOT NULL,            -- new, used, cpo
  finance_type VARCHAR(14) NOT NULL,            -- cash, finance, lease, outside_lien
  deal_status VARCHAR(10) NOT NULL,             -- working, pending, booked, finalized, unwound, dead
  is_retail BOOLEAN NOT NULL,                   -- retail or lease, booked or finalized, not unwound
  is_retail_ever_booked BOOLEAN NOT NULL,       -- denominator of unwind_rate
  is_delivered BOOLEAN NOT NULL,
  is_house BOOLEAN NOT NULL,                    -- credited to a house pseudo-employee
  contract_date DATE NOT NULL,
  delivery_date DATE,
  booked_date DATE,                             -- accounting; NULL for working, pending, dead
  finalized_date DATE,
  funded_date DATE,
  unwound_date DATE,
  unwind_reason VARCHAR(40),
  rebooked_to_deal_id BIGINT,
  lead_id BIGINT,
  desk_manager_id VARCHAR(12),
  fi_manager_id VARCHAR(12),
  make VARCHAR(40) NOT NULL,
  model VARCHAR(40) NOT NULL,
  model_year INTEGER NOT NULL,
  fuel VARCHAR(10) NOT NULL,
  sale_price DECIMAL(12,2) NOT NULL,
  msrp_at_sale DECIMAL(12,2),                   -- new only
  cash_down DECIMAL(12,2) NOT NULL,
  doc_fee DECIMAL(12,2) NOT NULL,
  accessories_sale DECIMAL(12,2) NOT NULL,
  accessories_cost DECIMAL(12,2) NOT NULL,
  vehicle_cost DECIMAL(12,2) NOT NULL,          -- invoice, or ACV + transport
  recon_cost DECIMAL(12,2) NOT NULL,            -- recon posted into the deal
  pack DECIMAL(12,2) NOT NULL,
  holdback DECIMAL(12,2) NOT NULL,
  incentive DECIMAL(12,2) NOT NULL,             -- dealer cash and factory money
  floorplan_credit DECIMAL(12,2) NOT NULL,
  over_allowance DECIMAL(12,2) NOT NULL,        -- sum of allowance - ACV of its trades
  front_gross DECIMAL(12,2) NOT NULL,           -- by the store's policy flags, see docs/schema.md
  back_gross DECIMAL(12,2) NOT NULL,            -- reserve + product gross, before chargebacks
  total_gross DECIMAL(12,2) NOT NULL,
  normalized_front_gross DECIMAL(12,2) NOT NULL,-- one policy for all stores: OEM money in, pack and doc fee out
  days_in_stock_at_sale INTEGER NOT NULL,
  is_spot_delivery BOOLEAN NOT NULL,
  odometer_at_sale INTEGER NOT NULL,
  trade_count INTEGER NOT NULL,
  salesperson_count INTEGER NOT NULL,
  product_count INTEGER NOT NULL,               -- products sold at booking
  has_vsc BOOLEAN NOT NULL,
  has_gap BOOLEAN NOT NULL,
  is_gap_eligible BOOLEAN NOT NULL,             -- financed or leased in-house
  is_financed BOOLEAN NOT NULL                  -- finance or lease in-house
);

-- grain: deal x salesperson; split_pct sums to 1 per deal. key: deal_salesperson_id
CREATE TABLE deal_salesperson (
  deal_salesperson_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  booked_date DATE,
  employee_id VARCHAR(12) NOT NULL,
  is_house BOOLEAN NOT NULL,
  is_retail BOOLEAN NOT NULL,
  vehicle_class VARCHAR(8) NOT NULL,
  deal_type VARCHAR(12) NOT NULL,
  split_pct DECIMAL(5,4) NOT NULL,
  unit_credit DECIMAL(5,4) NOT NULL,
  front_gross_credit DECIMAL(12,2) NOT NULL,
  back_gross_credit DECIMAL(12,2) NOT NULL,
  commission_amount DECIMAL(12,2) NOT NULL      -- restricted
);

-- grain: status change of a deal. key: deal_event_id
CREATE TABLE deal_event (
  deal_event_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  event_date DATE NOT NULL,
  event_ts TIMESTAMP NOT NULL,
  event_type VARCHAR(12) NOT NULL,              -- written, booked, finalized, funded, unwound, recapped
  old_gross DECIMAL(12,2),
  new_gross DECIMAL(12,2)
);

-- grain: vehicle traded in. key: trade_in_id. 0..3 per deal
CREATE TABLE trade_in (
  trade_in_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  booked_date DATE,
  is_retail BOOLEAN NOT NULL,
  deal_vehicle_class VARCHAR(8) NOT NULL,       -- class of the vehicle sold on the deal
  employee_id VARCHAR(12) NOT NULL,             -- first salesperson of the deal
  vehicle_id BIGINT NOT NULL,
  allowance DECIMAL(12,2) NOT NULL,
  acv DECIMAL(12,2) NOT NULL,
  over_allowance DECIMAL(12,2) NOT NULL,
  payoff DECIMAL(12,2) NOT NULL,
  negative_equity DECIMAL(12,2) NOT NULL,       -- max(payoff - ACV, 0)
  disposition VARCHAR(16) NOT NULL,             -- retail, wholesale, auction, to_other_store
  inventory_unit_id BIGINT                      -- when stocked
);

-- grain: appraisal event. key: appraisal_id
CREATE TABLE appraisal (
  appraisal_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  appraisal_date DATE NOT NULL,
  vehicle_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  appraiser_id VARCHAR(12) NOT NULL,
  appraisal_source VARCHAR(16) NOT NULL,        -- trade, street, service_drive, lease_return
  appraised_value DECIMAL(12,2) NOT NULL,
  offered_value DECIMAL(12,2) NOT NULL,
  is_acquired BOOLEAN NOT NULL,
  deal_id BIGINT
);

-- grain: unit sold wholesale. key: wholesale_disposal_id
CREATE TABLE wholesale_disposal (
  wholesale_disposal_id BIGINT NOT NULL,
  inventory_unit_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  sold_date DATE NOT NULL,
  disposal_channel VARCHAR(12) NOT NULL,        -- auction, wholesaler, dealer
  make VARCHAR(40) NOT NULL,
  model VARCHAR(40) NOT NULL,
  source_trade_in_id BIGINT,                    -- the trade it came from
  source_employee_id VARCHAR(12),               -- salesperson of that trade
  sale_price DECIMAL(12,2) NOT NULL,
  fees DECIMAL(12,2) NOT NULL,
  cost DECIMAL(12,2) NOT NULL,
  wholesale_gross DECIMAL(12,2) NOT NULL,
  days_in_stock INTEGER NOT NULL
);

-- grain: dealer trade or transfer between stores; never a retail unit. key: dealer_trade_id
CREATE TABLE dealer_trade (
  dealer_trade_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,           -- the store that sends the unit
  trade_date DATE NOT NULL,
  out_unit_id BIGINT NOT NULL,
  in_unit_id BIGINT,
  other_dealer VARCHAR(80) NOT NULL,
  is_intra_group BOOLEAN NOT NULL,
  invoice_adjustment DECIMAL(12,2) NOT NULL
);

-- grain: F&I product. key: product_code
CREATE TABLE fi_product (
  product_code VARCHAR(12) NOT NULL,            -- VSC, GAP, PPM, TW, PAINT, KEY, THEFT, LEASE_WEAR, CREDIT_LIFE
  product_name VARCHAR(60) NOT NULL
);

-- grain: deal x F&I product. key: fi_product_sale_id
CREATE TABLE fi_product_sale (
  fi_product_sale_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  booked_date DATE,
  is_retail BOOLEAN NOT NULL,
  vehicle_class VARCHAR(8) NOT NULL,
  finance_type VARCHAR(14) NOT NULL,
  fi_manager_id VARCHAR(12),
  product_code VARCHAR(12) NOT NULL,
  provider VARCHAR(40) NOT NULL,
  term_months INTEGER NOT NULL,
  price DECIMAL(12,2) NOT NULL,
  dealer_cost DECIMAL(12,2) NOT NULL,
  product_gross DECIMAL(12,2) NOT NULL,
  cancelled_date DATE,
  chargeback_amount DECIMAL(12,2) NOT NULL,     -- 0 unless cancelled
  chargeback_post_date DATE
);

-- grain: financed or leased deal. key: deal_id
CREATE TABLE deal_finance (
  deal_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  booked_date DATE,
  is_retail BOOLEAN NOT NULL,
  vehicle_class VARCHAR(8) NOT NULL,
  finance_type VARCHAR(14) NOT NULL,
  fi_manager_id VARCHAR(12),
  lender_id VARCHAR(12) NOT NULL,
  apr_buy DECIMAL(8,6) NOT NULL,
  apr_sell DECIMAL(8,6) NOT NULL,
  rate_markup_bps INTEGER NOT NULL,
  term_months INTEGER NOT NULL,
  amount_financed DECIMAL(12,2) NOT NULL,
  finance_reserve DECIMAL(12,2) NOT NULL,
  flat_fee DECIMAL(12,2) NOT NULL,              -- part of finance_reserve
  credit_band VARCHAR(12) NOT NULL,             -- restricted: super_prime, prime, near_prime, subprime
  decision_ts TIMESTAMP NOT NULL,
  contracted_date DATE NOT NULL,
  funded_date DATE,
  days_to_fund INTEGER,
  reserve_chargeback DECIMAL(12,2) NOT NULL,
  chargeback_post_date DATE
);

-- grain: lender. key: lender_id
CREATE TABLE lender (
  lender_id VARCHAR(12) NOT NULL,
  lender_name VARCHAR(60) NOT NULL,
  lender_type VARCHAR(14) NOT NULL              -- captive, bank, credit_union, subprime
);

-- grain: credit application x lender submission. key: lender_decision_id
CREATE TABLE lender_decision (
  lender_decision_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  decision_date DATE NOT NULL,
  decision_ts TIMESTAMP NOT NULL,
  lender_id VARCHAR(12) NOT NULL,
  decision VARCHAR(12) NOT NULL,                -- approved, declined, conditioned
  buy_rate DECIMAL(8,6),                        -- NULL when declined
  is_selected BOOLEAN NOT NULL
);

-- ---------------------------------------------------------------- inventory

-- grain: one stocking of a VIN (stock number), current state. key: inventory_unit_id
CREATE TABLE inventory_unit (
  inventory_unit_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  stock_no VARCHAR(20) NOT NULL,
  vehicle_id BIGINT NOT NULL,
  vehicle_class VARCHAR(8) NOT NULL,            -- new, used, cpo, demo, loaner
  make VARCHAR(40) NOT NULL,
  model VARCHAR(40) NOT NULL,
  model_year INTEGER NOT NULL,
  fuel VARCHAR(10) NOT NULL,
  acquired_date DATE NOT NULL,
  acquisition_source VARCHAR(16) NOT NULL,      -- factory, trade, auction, street, service_drive, lease_return, transfer
  acquisition_cost DECIMAL(12,2) NOT NULL,
  transport_cost DECIMAL(12,2) NOT NULL,
  recon_estimate DECIMAL(12,2) NOT NULL,
  recon_actual DECIMAL(12,2) NOT NULL,          -- all recon posted so far, also after the sale
  arrived_date DATE,                            -- on the ground; NULL while in transit
  frontline_ready_date DATE,
  days_to_frontline INTEGER,                    -- acquired to front-line ready
  first_price_date DATE,
  unit_status VARCHAR(12) NOT NULL,             -- in_transit, in_recon, frontline, hold, sold, wholesaled, transferred
  sold_date DATE,                               -- leaves stock: retail, wholesale or transfer
  asking_price DECIMAL(12,2) NOT NULL,          -- latest
  floorplan_start_date DATE,
  floorplan_payoff_date DATE,
  floorplan_principal DECIMAL(12,2) NOT NULL,
  curtailment_due_date DATE,
  aging_bucket_policy VARCHAR(20) NOT NULL
);

-- grain: unit x price change. key: price_change_id
CREATE TABLE price_change (
  price_change_id BIGINT NOT NULL,
  inventory_unit_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  change_date DATE NOT NULL,
  change_ts TIMESTAMP NOT NULL,
  vehicle_class VARCHAR(8) NOT NULL,
  old_price DECIMAL(12,2) NOT NULL,
  new_price DECIMAL(12,2) NOT NULL,
  market_price DECIMAL(12,2) NOT NULL,
  price_to_market DECIMAL(8,4) NOT NULL,
  changed_by VARCHAR(12) NOT NULL
);

-- grain: unit x date at daily close, while not sold (semi-additive). key: inventory_snapshot_id
CREATE TABLE inventory_snapshot (
  inventory_snapshot_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  snapshot_date DATE NOT NULL,
  inventory_unit_id BIGINT NOT NULL,
  vehicle_class VARCHAR(8) NOT NULL,            -- new, used, cpo, demo, loaner
  unit_status VARCHAR(12) NOT NULL,             -- in_transit, in_recon, frontline, hold
  is_in_stock BOOLEAN NOT NULL,                 -- macro INV: not in transit, demo or loaner
  days_in_stock INTEGER NOT NULL,
  age_bucket VARCHAR(8) NOT NULL,               -- 0-30, 31-45, 46-60, 61-90, 90+
  asking_price DECIMAL(12,2) NOT NULL,
  market_price DECIMAL(12,2) NOT NULL,
  book_cost DECIMAL(12,2) NOT NULL,
  floorplan_balance DECIMAL(12,2) NOT NULL,
  market_days_supply INTEGER NOT NULL,
  vdp_views INTEGER NOT NULL
);

-- grain: unit x month. key: floorplan_interest_id
CREATE TABLE floorplan_interest (
  floorplan_interest_id BIGINT NOT NULL,
  inventory_unit_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  month_start DATE NOT NULL,
  vehicle_class VARCHAR(8) NOT NULL,
  interest_expense DECIMAL(12,2) NOT NULL,
  oem_assistance DECIMAL(12,2) NOT NULL
);

-- grain: unit x recon step. key: recon_work_id
CREATE TABLE recon_work (
  recon_work_id BIGINT NOT NULL,
  inventory_unit_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  recon_step VARCHAR(12) NOT NULL,              -- inspect, mechanical, detail, photo
  recon_start DATE NOT NULL,
  recon_end DATE,
  ro_id BIGINT,
  cost DECIMAL(12,2) NOT NULL,
  posted_at TIMESTAMP,
  posted_date DATE,
  is_after_sale BOOLEAN NOT NULL,               -- posted after the unit was sold
  is_deal_gross_adjusted BOOLEAN NOT NULL
);

-- ---------------------------------------------------------------- CRM

-- grain: CRM opportunity record, duplicates included. key: lead_id
CREATE TABLE lead (
  lead_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  customer_id BIGINT NOT NULL,
  created_date DATE NOT NULL,
  created_ts TIMESTAMP NOT NULL,
  lead_channel VARCHAR(14) NOT NULL,            -- internet, phone, walk_in, chat, service_drive, repeat
  lead_source_id VARCHAR(12) NOT NULL,
  vehicle_interest_class VARCHAR(8) NOT NULL,
  model_interest VARCHAR(40) NOT NULL,
  lead_status VARCHAR(10) NOT NULL,             -- open, appt_set, shown, sold, lost, bad
  assigned_to VARCHAR(12) NOT NULL,
  bdc_rep_id VARCHAR(12),
  first_response_ts TIMESTAMP,
  first_human_response_ts TIMESTAMP,
  response_minutes INTEGER,                     -- created to first human response, clock time
  business_response_minutes INTEGER,            -- the same, store hours only
  is_auto_response_first BOOLEAN NOT NULL,
  is_business_hours BOOLEAN NOT NULL,           -- created within store hours
  is_duplicate BOOLEAN NOT NULL,
  is_unique_lead BOOLEAN NOT NULL,              -- macro LEAD_U: not duplicate, not bad
  master_lead_id BIGINT NOT NULL,               -- own id unless duplicate
  has_contact BOOLEAN NOT NULL,                 -- two-way contact
  has_appointment BOOLEAN NOT NULL,
  has_show BOOLEAN NOT NULL,
  lost_reason VARCHAR(40),
  sold_deal_id BIGINT,
  sold_date DATE,
  is_sold_90d BOOLEAN NOT NULL                  -- sold within 90 days of creation
);

-- grain: lead source. key: lead_source_id
CREATE TABLE lead_source (
  lead_source_id VARCHAR(12) NOT NULL,
  source_name VARCHAR(40) NOT NULL,
  source_category VARCHAR(14) NOT NULL          -- OEM, third_party, own_site, paid_search, referral, walk_in
);

-- grain: store x lead source x month. key: dealership_id, lead_source_id, month_start
CREATE TABLE lead_source_cost (
  dealership_id VARCHAR(20) NOT NULL,
  lead_source_id VARCHAR(12) NOT NULL,
  month_start DATE NOT NULL,
  source_cost DECIMAL(12,2) NOT NULL
);

-- grain: touch. key: lead_activity_id
CREATE TABLE lead_activity (
  lead_activity_id BIGINT NOT NULL,
  lead_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  activity_date DATE NOT NULL,
  activity_ts TIMESTAMP NOT NULL,
  activity_type VARCHAR(8) NOT NULL,            -- call, text, email, video, visit
  direction VARCHAR(4) NOT NULL,                -- in, out
  employee_id VARCHAR(12),
  is_automatic BOOLEAN NOT NULL,
  outcome VARCHAR(20) NOT NULL
);

-- grain: sales appointment (service ones: service_appointment), future ones included. key: appointment_id
CREATE TABLE appointment (
  appointment_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  lead_id BIGINT,
  appointment_type VARCHAR(8) NOT NULL,         -- sales
  set_ts TIMESTAMP NOT NULL,
  set_date DATE NOT NULL,
  scheduled_ts TIMESTAMP NOT NULL,
  scheduled_date DATE NOT NULL,
  is_confirmed BOOLEAN NOT NULL,
  is_shown BOOLEAN NOT NULL,
  show_ts TIMESTAMP,
  is_cancelled BOOLEAN NOT NULL,
  is_due BOOLEAN NOT NULL,                      -- last of its chain, not cancelled, scheduled by data_through
  rescheduled_to_id BIGINT,                     -- next appointment of the chain
  set_by VARCHAR(12) NOT NULL,
  outcome VARCHAR(16) NOT NULL,
  sold_deal_id BIGINT                           -- only on the shown appointment that sold
);

-- grain: showroom visit ("up"). key: showroom_visit_id
CREATE TABLE showroom_visit (
  showroom_visit_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  visit_date DATE NOT NULL,
  visit_ts TIMESTAMP NOT NULL,
  lead_id BIGINT,
  salesperson_id VARCHAR(12) NOT NULL,
  is_be_back BOOLEAN NOT NULL,                  -- ups count visits that are not be-backs
  is_demo_drive BOOLEAN NOT NULL,
  is_write_up BOOLEAN NOT NULL,
  is_manager_turn BOOLEAN NOT NULL,
  sold_deal_id BIGINT
);

-- ---------------------------------------------------------------- service

-- grain: repair order, no pay type here. key: ro_id. Default date: closed_date
CREATE TABLE repair_order (
  ro_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  ro_no VARCHAR(20) NOT NULL,
  department_id VARCHAR(10) NOT NULL,           -- SVC, BODY, QUICK
  advisor_id VARCHAR(12) NOT NULL,
  customer_id BIGINT NOT NULL,
  vehicle_id BIGINT NOT NULL,
  odometer INTEGER NOT NULL,
  opened_date DATE NOT NULL,
  opened_ts TIMESTAMP NOT NULL,
  promised_ts TIMESTAMP NOT NULL,
  closed_date DATE,                             -- NULL while open
  closed_ts TIMESTAMP,
  closed_ts_utc TIMESTAMP,                      -- as sent by the DMS; never use for dates
  ro_status VARCHAR(14) NOT NULL,               -- open, work_complete, closed, void
  is_closed BOOLEAN NOT NULL,                   -- macro RO_C
  service_appointment_id BIGINT,
  is_waiter BOOLEAN NOT NULL,
  line_count INTEGER NOT NULL,
  cp_line_count INTEGER NOT NULL,
  has_cp BOOLEAN NOT NULL,
  has_warranty BOOLEAN NOT NULL,
  has_internal BOOLEAN NOT NULL,
  is_mpi_eligible BOOLEAN NOT NULL,
  has_mpi BOOLEAN NOT NULL,
  declined_total DECIMAL(12,2) NOT NULL,
  total_sale DECIMAL(12,2) NOT NULL             -- labor + parts + sublet and misc, all pay types
);

-- grain: RO x line. key: ro_line_id
CREATE TABLE ro_line (
  ro_line_id BIGINT NOT NULL,
  ro_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  closed_date DATE,
  is_closed BOOLEAN NOT NULL,
  department_id VARCHAR(10) NOT NULL,
  advisor_id VARCHAR(12) NOT NULL,
  line_no INTEGER NOT NULL,
  op_code VARCHAR(12) NOT NULL,
  op_category VARCHAR(14) NOT NULL,             -- maintenance, repair, diag, recall, recon, PDI, tires, brakes, body
  pay_type VARCHAR(4) NOT NULL,                 -- CP, WARR, INT
  pay_subtype VARCHAR(12),                      -- MAINT_PLAN, SUBLET, GOODWILL
  labor_sale DECIMAL(12,2) NOT NULL,            -- after discount
  labor_cost DECIMAL(12,2) NOT NULL,
  billed_hours DECIMAL(8,2) NOT NULL,
  actual_hours DECIMAL(8,2) NOT NULL,
  posted_rate DECIMAL(12,2) NOT NULL,           -- door rate of store and pay type that day
  posted_labor DECIMAL(12,2) NOT NULL,          -- billed_hours x posted_rate
  parts_sale DECIMAL(12,2) NOT NULL,            -- sum of its ro_part rows: never add to parts_sale
  parts_cost DECIMAL(12,2) NOT NULL,
  discount DECIMAL(12,2) NOT NULL,
  is_upsell BOOLEAN NOT NULL,
  is_comeback BOOLEAN NOT NULL,
  is_declined BOOLEAN NOT NULL,                 -- quoted and not done: zero sale
  posted_at TIMESTAMP                           -- when accounting saw the line
);

-- grain: RO line x technician. key: ro_line_tech_id
CREATE TABLE ro_line_tech (
  ro_line_tech_id BIGINT NOT NULL,
  ro_line_id BIGINT NOT NULL,
  ro_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  closed_date DATE,
  is_closed BOOLEAN NOT NULL,
  pay_type VARCHAR(4) NOT NULL,
  employee_id VARCHAR(12) NOT NULL,
  flagged_hours DECIMAL(8,2) NOT NULL,
  clocked_hours DECIMAL(8,2) NOT NULL,
  tech_cost DECIMAL(12,2) NOT NULL              -- restricted
);

-- grain: RO line x part. key: ro_part_id. The same money stands in parts_sale: take one
CREATE TABLE ro_part (
  ro_part_id BIGINT NOT NULL,
  ro_line_id BIGINT NOT NULL,
  ro_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  closed_date DATE,
  is_closed BOOLEAN NOT NULL,
  part_id BIGINT NOT NULL,
  quantity INTEGER NOT NULL,
  sale DECIMAL(12,2) NOT NULL,
  cost DECIMAL(12,2) NOT NULL,
  pay_type VARCHAR(4) NOT NULL,
  is_special_order BOOLEAN NOT NULL
);

-- grain: RO x sublet or miscellaneous item. key: ro_sublet_misc_id
CREATE TABLE ro_sublet_misc (
  ro_sublet_misc_id BIGINT NOT NULL,
  ro_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  closed_date DATE,
  is_closed BOOLEAN NOT NULL,
  department_id VARCHAR(10) NOT NULL,
  pay_type VARCHAR(4) NOT NULL,
  item_type VARCHAR(14) NOT NULL,               -- sublet, shop_supplies, hazmat, gog
  sale DECIMAL(12,2) NOT NULL,
  cost DECIMAL(12,2) NOT NULL
);

-- grain: operation code. key: op_code
CREATE TABLE op_code (
  op_code VARCHAR(12) NOT NULL,
  description VARCHAR(400) NOT NULL,            -- untrusted text
  op_category VARCHAR(14) NOT NULL,
  standard_hours DECIMAL(8,2) NOT NULL,
  list_price DECIMAL(12,2)
);

-- grain: store x pay type x period of validity. key: dealership_id, pay_type, effective_from
CREATE TABLE door_rate (
  dealership_id VARCHAR(20) NOT NULL,
  pay_type VARCHAR(4) NOT NULL,
  effective_from DATE NOT NULL,
  effective_to DATE,                            -- inclusive; NULL while current
  posted_rate DECIMAL(12,2) NOT NULL
);

-- grain: technician x day worked. key: employee_id, work_date
CREATE TABLE technician_time (
  dealership_id VARCHAR(20) NOT NULL,
  employee_id VARCHAR(12) NOT NULL,
  work_date DATE NOT NULL,
  attended_hours DECIMAL(8,2) NOT NULL,
  clocked_hours DECIMAL(8,2) NOT NULL,          -- on repair orders
  flagged_hours DECIMAL(8,2) NOT NULL,
  training_hours DECIMAL(8,2) NOT NULL,
  pto_hours DECIMAL(8,2) NOT NULL
);

-- grain: advisor x day worked. key: employee_id, work_date
CREATE TABLE advisor_day (
  dealership_id VARCHAR(20) NOT NULL,
  employee_id VARCHAR(12) NOT NULL,
  work_date DATE NOT NULL,
  ros_closed INTEGER NOT NULL                   -- closed that day under this advisor
);

-- grain: inspection item recommended. key: mpi_id
CREATE TABLE mpi (
  mpi_id BIGINT NOT NULL,
  ro_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  inspection_date DATE NOT NULL,
  advisor_id VARCHAR(12) NOT NULL,
  employee_id VARCHAR(12) NOT NULL,             -- technician
  item_name VARCHAR(40) NOT NULL,
  item_color VARCHAR(6) NOT NULL,               -- red, yellow, green
  recommended_amount DECIMAL(12,2) NOT NULL,
  sold_amount DECIMAL(12,2) NOT NULL,
  is_declined BOOLEAN NOT NULL
);

-- grain: service appointment, future ones included. key: service_appointment_id
CREATE TABLE service_appointment (
  service_appointment_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  customer_id BIGINT NOT NULL,
  requested_ts TIMESTAMP NOT NULL,
  scheduled_ts TIMESTAMP NOT NULL,
  scheduled_date DATE NOT NULL,
  is_due BOOLEAN NOT NULL,                      -- scheduled by data_through, not cancelled
  is_shown BOOLEAN NOT NULL,
  is_cancelled BOOLEAN NOT NULL,
  is_carryover BOOLEAN NOT NULL,
  is_loaner BOOLEAN NOT NULL,
  ro_id BIGINT
);

-- grain: warranty claim. key: warranty_claim_id
CREATE TABLE warranty_claim (
  warranty_claim_id BIGINT NOT NULL,
  ro_line_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  submitted_date DATE NOT NULL,
  claim_amount DECIMAL(12,2) NOT NULL,
  paid_amount DECIMAL(12,2) NOT NULL,
  paid_date DATE,
  claim_status VARCHAR(10) NOT NULL,            -- submitted, paid, rejected
  days_outstanding INTEGER NOT NULL,            -- to payment, or to data_through while open
  chargeback_amount DECIMAL(12,2) NOT NULL
);

-- grain: RO x date it stood open at daily close (semi-additive). key: ro_id, snapshot_date
CREATE TABLE open_ro_snapshot (
  dealership_id VARCHAR(20) NOT NULL,
  snapshot_date DATE NOT NULL,
  ro_id BIGINT NOT NULL,
  department_id VARCHAR(10) NOT NULL,
  days_open INTEGER NOT NULL,
  wip_amount DECIMAL(12,2) NOT NULL
);

-- ---------------------------------------------------------------- parts

-- grain: store x part number. key: part_id
CREATE TABLE part (
  part_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  part_no VARCHAR(30) NOT NULL,
  description VARCHAR(80) NOT NULL,
  stocking_status VARCHAR(10) NOT NULL,         -- stock, non_stock, phase_out
  bin VARCHAR(12) NOT NULL,
  list_price DECIMAL(12,2) NOT NULL,
  cost DECIMAL(12,2) NOT NULL,
  last_sale_date DATE,
  last_receipt_date DATE
);

-- grain: parts ledger line, all channels (the one place for parts gross). key: parts_sale_id
CREATE TABLE parts_sale (
  parts_sale_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  sale_date DATE NOT NULL,                      -- RO parts: the RO's closed_date
  sale_channel VARCHAR(16) NOT NULL,            -- ro_cp, ro_warr, ro_int, counter_retail, wholesale, body
  part_id BIGINT NOT NULL,
  stocking_status VARCHAR(10) NOT NULL,
  ro_part_id BIGINT,                            -- the same money on the repair order
  counter_person_id VARCHAR(12),
  quantity INTEGER NOT NULL,
  sale DECIMAL(12,2) NOT NULL,
  cost DECIMAL(12,2) NOT NULL
);

-- grain: part x month end (semi-additive). key: part_id, snapshot_date
CREATE TABLE parts_snapshot (
  part_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  snapshot_date DATE NOT NULL,                  -- last day of the month, or data_through
  stocking_status VARCHAR(10) NOT NULL,
  quantity_on_hand INTEGER NOT NULL,
  stock_value DECIMAL(12,2) NOT NULL,
  months_no_sale INTEGER NOT NULL,              -- idle from 9, obsolete from 12
  is_idle BOOLEAN NOT NULL,
  is_obsolete BOOLEAN NOT NULL
);

-- grain: request for a part. key: parts_demand_id
CREATE TABLE parts_demand (
  parts_demand_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  demand_date DATE NOT NULL,
  part_id BIGINT NOT NULL,
  quantity INTEGER NOT NULL,
  outcome VARCHAR(12) NOT NULL,                 -- filled, emergency, lost, special
  is_filled_from_stock BOOLEAN NOT NULL,
  is_emergency_purchase BOOLEAN NOT NULL,
  is_lost_sale BOOLEAN NOT NULL,
  is_special_order BOOLEAN NOT NULL
);

-- ---------------------------------------------------------------- satisfaction

-- grain: survey returned or sent. key: survey_id
CREATE TABLE survey_response (
  survey_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  survey_type VARCHAR(8) NOT NULL,              -- sales, service
  deal_id BIGINT,
  ro_id BIGINT,
  employee_id VARCHAR(12) NOT NULL,             -- salesperson or advisor
  sent_date DATE NOT NULL,
  completed_date DATE,                          -- NULL: not answered
  completed_ts TIMESTAMP,
  overall_score DECIMAL(8,2),                   -- native scale: never average different scales
  scale_max INTEGER NOT NULL,                   -- 1000 or 5
  nps_0_10 INTEGER,
  is_fixed_right_first_time BOOLEAN,            -- service only
  is_top_box BOOLEAN,
  comment_text VARCHAR(600),                    -- untrusted text
  oem_program VARCHAR(40) NOT NULL,
  region_average DECIMAL(8,2)
);

-- grain: online review. key: review_id
CREATE TABLE review (
  review_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  review_date DATE NOT NULL,
  review_ts TIMESTAMP NOT NULL,
  site VARCHAR(20) NOT NULL,
  rating INTEGER NOT NULL,                      -- stars 1..5
  review_text VARCHAR(600),                     -- untrusted text
  response_ts TIMESTAMP
);

-- grain: customer x vehicle sold here, as of data_through. key: customer_id, vehicle_id, dealership_id
CREATE TABLE service_retention (
  dealership_id VARCHAR(20) NOT NULL,
  as_of_date DATE NOT NULL,
  customer_id BIGINT NOT NULL,
  vehicle_id BIGINT NOT NULL,
  sold_date DATE NOT NULL,
  vehicle_class VARCHAR(8) NOT NULL,
  last_service_date DATE,
  is_eligible BOOLEAN NOT NULL,                 -- sold at least 12 months ago
  is_active BOOLEAN NOT NULL                    -- a visit in the last 12 months
);

-- ---------------------------------------------------------------- people and pay

-- grain: store x role x validity. Restricted. key: pay_plan_id
CREATE TABLE pay_plan (
  pay_plan_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  role VARCHAR(20) NOT NULL,
  tier_no INTEGER NOT NULL,
  pct_of_gross DECIMAL(6,4) NOT NULL,
  monthly_draw DECIMAL(12,2) NOT NULL,
  spiff DECIMAL(12,2) NOT NULL,
  effective_from DATE NOT NULL,
  effective_to DATE
);

-- grain: employee x month. Restricted. key: employee_id, month_start
CREATE TABLE payroll (
  dealership_id VARCHAR(20) NOT NULL,
  employee_id VARCHAR(12) NOT NULL,
  month_start DATE NOT NULL,
  department_id VARCHAR(10) NOT NULL,
  gross_pay DECIMAL(12,2) NOT NULL,
  commission DECIMAL(12,2) NOT NULL,
  hours_paid DECIMAL(8,2) NOT NULL
);

-- grain: store x department x role x month. key: dealership_id, department_id, role, month_start
CREATE TABLE headcount_month (
  dealership_id VARCHAR(20) NOT NULL,
  department_id VARCHAR(10) NOT NULL,
  role VARCHAR(20) NOT NULL,
  month_start DATE NOT NULL,
  headcount INTEGER NOT NULL,                   -- at month end (semi-additive)
  hires INTEGER NOT NULL,
  terminations INTEGER NOT NULL
);

-- ---------------------------------------------------------------- accounting

-- grain: account. key: account_no
CREATE TABLE gl_account (
  account_no VARCHAR(10) NOT NULL,
  account_name VARCHAR(80) NOT NULL,
  account_type VARCHAR(12) NOT NULL,            -- asset, liability, sales, cos, expense, other_income, deduction
  department_id VARCHAR(10) NOT NULL,
  statement_line VARCHAR(40) NOT NULL,          -- advertising, floorplan, compensation, rent, ...
  expense_class VARCHAR(18),                    -- variable_selling, personnel, semi_fixed, fixed
  is_sga BOOLEAN NOT NULL,                      -- expense without depreciation and floorplan
  is_compensation BOOLEAN NOT NULL,
  is_factory_statement BOOLEAN NOT NULL
);

-- grain: journal line. key: gl_transaction_id. Sums to gl_month.activity
CREATE TABLE gl_transaction (
  gl_transaction_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  account_no VARCHAR(10) NOT NULL,
  posted_date DATE NOT NULL,
  accounting_month DATE NOT NULL,
  amount DECIMAL(12,2) NOT NULL,                -- debit positive, credit negative
  reference_type VARCHAR(8) NOT NULL,           -- deal, ro, stock, other
  reference VARCHAR(30),
  source_journal VARCHAR(20) NOT NULL
);

-- grain: store x account x accounting month. key: dealership_id, account_no, month_start
CREATE TABLE gl_month (
  dealership_id VARCHAR(20) NOT NULL,
  account_no VARCHAR(10) NOT NULL,
  month_start DATE NOT NULL,
  account_name VARCHAR(80) NOT NULL,
  account_type VARCHAR(12) NOT NULL,
  department_id VARCHAR(10) NOT NULL,
  statement_line VARCHAR(40) NOT NULL,
  expense_class VARCHAR(18),
  is_sga BOOLEAN NOT NULL,
  is_compensation BOOLEAN NOT NULL,
  activity DECIMAL(12,2) NOT NULL,              -- as stored: credits negative
  amount DECIMAL(12,2) NOT NULL,                -- canonical sign: sales, costs, expenses, income all positive
  balance DECIMAL(14,2) NOT NULL,               -- year to date, or balance sheet balance; canonical sign
  is_prelim BOOLEAN NOT NULL,                   -- month not closed
  is_closed BOOLEAN NOT NULL                    -- macro CLOSED_M
);

-- grain: unfunded contract x date at daily close (semi-additive). key: deal_id, snapshot_date
CREATE TABLE contract_in_transit (
  dealership_id VARCHAR(20) NOT NULL,
  snapshot_date DATE NOT NULL,
  deal_id BIGINT NOT NULL,
  lender_id VARCHAR(12) NOT NULL,
  amount DECIMAL(12,2) NOT NULL,
  days_outstanding INTEGER NOT NULL,
  is_over_10_days BOOLEAN NOT NULL
);

-- grain: store x month end x receivable x age bucket (semi-additive)
CREATE TABLE receivable_aging (
  dealership_id VARCHAR(20) NOT NULL,
  snapshot_date DATE NOT NULL,
  receivable_type VARCHAR(20) NOT NULL,         -- warranty, factory, customer, finance_reserve
  age_bucket VARCHAR(8) NOT NULL,               -- 0-30, 31-60, 61-90, 90+
  amount DECIMAL(12,2) NOT NULL
);

-- grain: store x month end x schedule (semi-additive)
CREATE TABLE schedule_balance (
  dealership_id VARCHAR(20) NOT NULL,
  snapshot_date DATE NOT NULL,
  schedule_name VARCHAR(24) NOT NULL,           -- warranty_receivable, factory_receivable, finance_reserve, floorplan_new, floorplan_used
  balance DECIMAL(14,2) NOT NULL,
  open_items INTEGER NOT NULL
);

-- ---------------------------------------------------------------- targets, benchmarks, build

-- grain: store x department x metric x month x source (x employee). key: target_id
CREATE TABLE target (
  target_id BIGINT NOT NULL,
  dealership_id VARCHAR(20) NOT NULL,
  department_id VARCHAR(10) NOT NULL,
  metric_id VARCHAR(40) NOT NULL,               -- id of the metric dictionary
  month_start DATE NOT NULL,
  employee_id VARCHAR(12),                      -- NULL: the store's
  target_value DECIMAL(14,4) NOT NULL,
  stretch_value DECIMAL(14,4) NOT NULL,
  target_source VARCHAR(14) NOT NULL,           -- budget, forecast, oem_objective
  version_no INTEGER NOT NULL,
  effective_date DATE NOT NULL,
  is_current BOOLEAN NOT NULL,                  -- latest version
  is_additive BOOLEAN NOT NULL                  -- additive targets are spread by selling days, ratios not
);

-- grain: published figure. key: benchmark_id
CREATE TABLE benchmark (
  benchmark_id VARCHAR(20) NOT NULL,
  metric_id VARCHAR(40) NOT NULL,
  segment VARCHAR(20) NOT NULL,                 -- all, domestic, import, luxury, public
  benchmark_value DECIMAL(14,4) NOT NULL,
  low_value DECIMAL(14,4),
  high_value DECIMAL(14,4),
  unit VARCHAR(12) NOT NULL,
  period_label VARCHAR(30) NOT NULL,
  period_end DATE,
  published_on DATE,
  source_title VARCHAR(200) NOT NULL,
  source_url VARCHAR(300),
  reported_by VARCHAR(200),
  definition_note VARCHAR(400),
  comparable VARCHAR(8) NOT NULL                -- yes, partly, no
);

-- grain: one row a database: how this demo was built
CREATE TABLE demo_build (
  seed BIGINT NOT NULL,
  as_of DATE NOT NULL,
  data_through DATE NOT NULL,
  history_from DATE NOT NULL,
  months INTEGER NOT NULL,
  rooftops INTEGER NOT NULL,
  generator_version VARCHAR(12) NOT NULL,
  stories VARCHAR(400) NOT NULL                 -- active ones, comma separated
);
