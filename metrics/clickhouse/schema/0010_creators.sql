-- Who created a repository, and the groups of teams that code hosts have.

-- The account by which a host says that it was created; 0 where it does not say.
ALTER TABLE repos ADD COLUMN IF NOT EXISTS creator UInt64 DEFAULT 0;

-- Whether the configuration names a team. Others are there for the groups that a code host has them in.
ALTER TABLE teams ADD COLUMN IF NOT EXISTS configured Bool DEFAULT true;
