import { runService } from "../../shared/http/mod.ts";
import { assembleIngestion } from "./assemble.ts";

export default await runService("ingestion", assembleIngestion);
