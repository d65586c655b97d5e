-- +goose Up
CREATE TABLE workflow_catalog (
    name    text NOT NULL,
    version text NOT NULL,
    bundle  text NOT NULL,
    PRIMARY KEY (name, version)
);

-- +goose Down
DROP TABLE workflow_catalog;
