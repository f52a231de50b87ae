CREATE INDEX "images_present" ON "cms"."images" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state <> 'DELETED';--> statement-breakpoint
CREATE INDEX "images_state" ON "cms"."images" USING btree ("state","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "images_labels" ON "cms"."images" USING gin ("labels" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "instances_present" ON "cms"."instances" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state <> 'DELETED';--> statement-breakpoint
CREATE INDEX "instances_state" ON "cms"."instances" USING btree ("state","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "instances_labels" ON "cms"."instances" USING gin ("labels" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "operations_state" ON "cms"."operations" USING btree ("state","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operations_kind" ON "cms"."operations" USING btree ("kind","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
-- Each three letters in a row of a text, so that an index finds the names that hold a text. No extension is needed for it.
CREATE FUNCTION "cms"."threes"(value text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT substr(value, at, 3)), '{}') FROM generate_series(1, length(value) - 2) AS at
$$;
--> statement-breakpoint
CREATE INDEX "instances_name_threes" ON "cms"."instances" USING gin ("cms"."threes"("name"));
--> statement-breakpoint
CREATE INDEX "images_name_threes" ON "cms"."images" USING gin ("cms"."threes"("name"));
