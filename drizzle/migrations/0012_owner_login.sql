ALTER TABLE "cms"."images" ADD COLUMN "encrypted_owner_password" text;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "encrypted_owner_password" text;