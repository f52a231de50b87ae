ALTER TABLE "cms"."instances" ADD COLUMN "parameters" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "started_parameters" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "connection_secret" text;