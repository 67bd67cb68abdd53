-- The position of an event in its log whatever the clocks say, and the moment by which it ages.
ALTER TABLE event ADD COLUMN era int8 NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN ages_from int8;      -- NULL: by that at which it was logged
