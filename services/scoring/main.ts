import { runService } from "../../shared/http/mod.ts";
import { assembleScoring } from "./assemble.ts";

export default await runService("scoring", assembleScoring);
