ALTER TABLE "cms"."instances" ADD COLUMN "accept_loss" text;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "background_work" text;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "databases" jsonb;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "findings" jsonb DEFAULT '[]'::jsonb NOT NULL;