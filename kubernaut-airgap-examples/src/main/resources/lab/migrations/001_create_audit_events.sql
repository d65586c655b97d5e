-- +goose Up
CREATE TABLE audit_events (
    id          uuid PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    service     text NOT NULL,
    payload     jsonb NOT NULL
);

-- +goose Down
DROP TABLE audit_events;
