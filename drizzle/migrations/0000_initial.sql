CREATE SCHEMA "cms";
--> statement-breakpoint
CREATE TABLE "cms"."idempotency_keys" (
	"caller" text NOT NULL,
	"mutation" text NOT NULL,
	"key" text NOT NULL,
	"input_digest" text NOT NULL,
	"outcome" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_caller_mutation_key_pk" PRIMARY KEY("caller","mutation","key")
);
--> statement-breakpoint
CREATE TABLE "cms"."image_files" (
	"image_id" uuid NOT NULL,
	"name" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"md5" text NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "image_files_image_id_name_pk" PRIMARY KEY("image_id","name")
);
--> statement-breakpoint
CREATE TABLE "cms"."images" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"state" text NOT NULL,
	"method" text NOT NULL,
	"image_type" text NOT NULL,
	"postgres_version" text NOT NULL,
	"source_instance_id" uuid NOT NULL,
	"source_instance_name" text NOT NULL,
	"platform" text NOT NULL,
	"databases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"size_bytes" bigint,
	"database_bytes" bigint,
	"source_storage_gib" integer NOT NULL,
	"cluster" jsonb,
	"encrypted_password" text,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"failure" jsonb,
	"revision" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cms"."instances" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"resource_name" text NOT NULL,
	"namespace" text NOT NULL,
	"platform" text NOT NULL,
	"image_type" text NOT NULL,
	"postgres_version" text NOT NULL,
	"storage_gib" integer NOT NULL,
	"exposure" text NOT NULL,
	"dns_label" text,
	"state" text NOT NULL,
	"health" text DEFAULT 'UNKNOWN' NOT NULL,
	"deletion_protection" boolean DEFAULT false NOT NULL,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"encrypted_password" text,
	"source_image_id" uuid,
	"endpoint" jsonb,
	"failure" jsonb,
	"revision" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "instances_resource_name" UNIQUE("resource_name"),
	CONSTRAINT "instances_password_kept" CHECK ("cms"."instances"."encrypted_password" IS NOT NULL OR "cms"."instances"."state" IN ('DELETED', 'FAILED'))
);
--> statement-breakpoint
CREATE TABLE "cms"."jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"operation_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"namespace" text NOT NULL,
	"name" text NOT NULL,
	"platform" text NOT NULL,
	"state" text DEFAULT 'PENDING' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"exit_code" integer,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cms"."operation_events" (
	"operation_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"state" text NOT NULL,
	"percent" double precision NOT NULL,
	"step" jsonb,
	CONSTRAINT "operation_events_operation_id_sequence_pk" PRIMARY KEY("operation_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "cms"."operation_steps" (
	"operation_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"weight" double precision NOT NULL,
	"state" text NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"result" jsonb,
	"progress" jsonb,
	"failure" jsonb,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "operation_steps_operation_id_position_pk" PRIMARY KEY("operation_id","position")
);
--> statement-breakpoint
CREATE TABLE "cms"."operation_undo_steps" (
	"operation_id" uuid NOT NULL,
	"run" integer NOT NULL,
	"name" text NOT NULL,
	"finished_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "operation_undo_steps_operation_id_run_name_pk" PRIMARY KEY("operation_id","run","name")
);
--> statement-breakpoint
CREATE TABLE "cms"."operations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"workflow" text NOT NULL,
	"workflow_version" text NOT NULL,
	"platform" text NOT NULL,
	"state" text NOT NULL,
	"percent" double precision DEFAULT 0 NOT NULL,
	"input" jsonb NOT NULL,
	"run" integer DEFAULT 1 NOT NULL,
	"fence" integer DEFAULT 0 NOT NULL,
	"sequence" integer DEFAULT 0 NOT NULL,
	"instance_id" uuid,
	"image_id" uuid,
	"excludes_on_instance" boolean NOT NULL,
	"excludes_on_image" boolean NOT NULL,
	"requested_by" text NOT NULL,
	"failure" jsonb,
	"revision" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cms"."workers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"release" text NOT NULL,
	"workflows" jsonb NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "cms"."image_files" ADD CONSTRAINT "image_files_image_id_images_id_fk" FOREIGN KEY ("image_id") REFERENCES "cms"."images"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cms"."jobs" ADD CONSTRAINT "jobs_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "cms"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cms"."operation_events" ADD CONSTRAINT "operation_events_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "cms"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cms"."operation_steps" ADD CONSTRAINT "operation_steps_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "cms"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cms"."operation_undo_steps" ADD CONSTRAINT "operation_undo_steps_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "cms"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "cms"."idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "images_name_held" ON "cms"."images" USING btree ("name") WHERE state NOT IN ('DELETED', 'FAILED');--> statement-breakpoint
CREATE INDEX "images_newest" ON "cms"."images" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "images_source_instance" ON "cms"."images" USING btree ("source_instance_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "instances_name_held" ON "cms"."instances" USING btree ("name") WHERE state NOT IN ('DELETED', 'FAILED');--> statement-breakpoint
CREATE UNIQUE INDEX "instances_dns_label_held" ON "cms"."instances" USING btree ("dns_label") WHERE state NOT IN ('DELETED', 'FAILED');--> statement-breakpoint
CREATE INDEX "instances_newest" ON "cms"."instances" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "instances_source_image" ON "cms"."instances" USING btree ("source_image_id");--> statement-breakpoint
CREATE INDEX "jobs_operation" ON "cms"."jobs" USING btree ("operation_id","created_at");--> statement-breakpoint
CREATE INDEX "operations_newest" ON "cms"."operations" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operations_instance" ON "cms"."operations" USING btree ("instance_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operations_image" ON "cms"."operations" USING btree ("image_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operations_active" ON "cms"."operations" USING btree ("state") WHERE state IN ('QUEUED', 'RUNNING', 'CANCELLING');--> statement-breakpoint
CREATE INDEX "workers_seen" ON "cms"."workers" USING btree ("seen_at");