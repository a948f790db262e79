SELECT COUNT(*) FROM clients_daily
