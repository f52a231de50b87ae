ALTER TABLE "cms"."operations" ADD COLUMN "actor_kind" text DEFAULT 'USER' NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."operations" ADD COLUMN "actor_id" uuid;--> statement-breakpoint
ALTER TABLE "cms"."operations" ADD COLUMN "cancelled_by_kind" text;--> statement-breakpoint
ALTER TABLE "cms"."operations" ADD COLUMN "cancelled_by_id" uuid;--> statement-breakpoint
ALTER TABLE "cms"."operations" ADD COLUMN "cancelled_by_name" text;