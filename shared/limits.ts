/** All limits of the system. The name holds the unit, the comment the reason. */

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Largest pickled, JSON or CSV data list; 100,000 exams with further keys take about 60 MB. */
export const DATA_LIST_BYTES_MAX = 512 * MiB;
/** Most times that a shutdown may interrupt the reading of one data list: once can be chance. */
export const DATA_LIST_READINGS_MAX = 3;
/** Largest predictions CSV: 400,000 images at about 80 bytes a row, with headroom. */
export const PREDICTIONS_BYTES_MAX = 256 * MiB;
/** Largest JSON request body; data arrives as files instead. */
export const JSON_BODY_BYTES_MAX = 1 * MiB;
/** Largest data list in a scoring request, in bytes: 100,000 exams with further keys. */
export const SENT_LIST_BYTES_MAX = 64 * MiB;
/** Largest predictions file in a scoring request, in bytes: 400,000 images. */
export const SENT_PREDICTIONS_BYTES_MAX = 32 * MiB;
/** Longest text field of a form, in bytes: a choice of subgroups with all its bins. */
export const FORM_TEXT_BYTES_MAX = 64 * KiB;
/** What is kept of a form with files to show its texts again, in bytes: our forms send them before the files. */
export const FORM_TEXTS_KEPT_BYTES = 64 * KiB;
/** Most text fields of one form: twice what the largest form has. */
export const FORM_TEXTS_MAX = 32;
/** Rows of a predictions file allowed beyond two per image of the data list; reading stops there. */
export const PREDICTION_ROWS_SPARE = 1000;
/** Timeout of a request to another service, in seconds: it reads a file or two. */
export const SERVICE_CALL_S = 60;
/** Timeout of a scoring request, in seconds: the largest bootstrap takes minutes and may wait in a queue. */
export const SCORING_CALL_S = 3600;
/** Largest server-sent event that a client reads, in characters; a longer one is no event stream. */
export const EVENT_CHARACTERS_MAX = 1_000_000;
/** Concurrent requests of the gateway; each takes about 50 kB. Streamed responses do not count. */
export const REQUESTS_UNDER_WAY_MAX = 2000;
/** Of these, requests reserved for the role admin, so that an admin can always step in. */
export const REQUESTS_RESERVED = 200;
/** Concurrent uploads (multipart bodies): each writes to the volume. */
export const UPLOADS_UNDER_WAY_MAX = 32;
/** Of these, uploads reserved for the role admin. */
export const UPLOADS_RESERVED = 4;
/** Total size of the JSON bodies held in memory at a time, in bytes: 64 of the largest. */
export const JSON_BODIES_BYTES_MAX = 64 * MiB;
/** Idle timeout while a body arrives, in milliseconds: a stalled connection must not occupy a slot. */
export const BODY_IDLE_MS_MAX = 60_000;
/** Lowest average rate at which a body may arrive, in bytes per second: a modem is faster. */
export const BODY_BYTES_PER_S_MIN = 1024;
/** Timeout for receiving a JSON body, in milliseconds: the largest takes 10 s at 1 Mbit/s. */
export const JSON_BODY_MS_MAX = 2 * 60_000;
/** Timeout for receiving an upload, in milliseconds: the largest takes a day at 5 Mbit/s. */
export const UPLOAD_MS_MAX = 24 * 60 * 60_000;
/** Long-lived requests of one user, each a connection: a batch watched by a script, with headroom. */
export const HELD_OPEN_MAX = 256;
/** How often the token of a long-lived response is checked again, in milliseconds. */
export const TOKEN_LOOK_MS = 2_000;
/** Largest upload of one dataset. */
export const UPLOAD_BYTES_MAX = 50 * GiB;
/** Concurrent imports: each may hold a whole data list in memory; others wait. */
export const IMPORTS_AT_ONCE = 2;
/** Additional concurrent imports from a PACS, at most one per user: they mostly wait for the PACS. */
export const PACS_IMPORTS_AT_ONCE = 2;
/** Faults listed in one answer; the total count is always given. */
export const FAULTS_LISTED_MAX = 1000;
/** Fewest samples for a bootstrap interval. */
export const BOOTSTRAP_SAMPLES_MIN = 8;
/** Fewest exams with cancer, and fewest without, for an interval or p value from resampling or a comparison. */
export const CLUSTERS_OF_CLASS_MIN = 5;
/** Default number of bootstrap replicates (as in the metarepository). */
export const BOOTSTRAP_REPLICATES_DEFAULT = 2000;
/** Most bootstrap replicates that a caller may request. */
export const BOOTSTRAP_REPLICATES_MAX = 100_000;
/** Worker threads of one bootstrap: more would only contend for memory bandwidth. */
export const REPLICATE_WORKERS_MAX = 8;
/** Processes that compute scores and derived results: each takes 100 MB and more. */
export const COMPUTE_PROCESSES_MAX = 4;
/** Heap of one computation on data too large for a request, in MiB: a larger dataset, or several scores. */
export const JOB_HEAP_MIB = 1024;
/** The same for the data of a request: with the service 1 GiB in all, and up to 290 MiB for small ones. */
export const SENT_JOB_HEAP_MIB = 400;
/** Heap of a small computation, in MiB. */
export const SMALL_JOB_HEAP_MIB = 192;
/** Timeout of one computation, in seconds: three times the largest comparison. */
export const JOB_S_MAX = 900;
/** Computations in the queue; further ones are rejected for the moment. */
export const JOBS_WAITING_MAX = 256;
/** Computations of one user in the queue: a page full of plots, or a script that scores a folder. */
export const JOBS_WAITING_OF_USER_MAX = 64;
/** Computations from this size (about a second) leave a process free; bytes sent, samples read and drawn. */
export const LARGE_JOB_BYTES_MIN = 2 * MiB;
export const LARGE_JOB_ROWS_MIN = 50_000;
export const LARGE_JOB_DRAWS_MIN = 400_000_000;
/** Cache of comparisons, leaderboards, subgroups and plots, in bytes. */
export const COMPUTED_BYTES_KEPT_MAX = 16 * MiB;
/** Operating points of one report: each needs its own bootstrap. */
export const OPERATING_POINTS_MAX = 20;
/** Shortest side of a usable image: the smallest input size of the classifiers is 256. */
export const IMAGE_SIDE_PIXELS_MIN = 256;
/** Largest image: the largest detectors have about 4,096 x 5,625 pixels; four times that is an error. */
export const IMAGE_PIXELS_MAX = 100_000_000;
/** Largest image file: the largest image uncompressed, with headroom for other PNG chunks. */
export const IMAGE_FILE_BYTES_MAX = 2 * IMAGE_PIXELS_MAX + 16 * MiB;
/** Ratio of raw to packed size from which an image is decoded in full: mammograms stay below 20. */
export const IMAGE_RATIO_SUSPICIOUS = 64;
/** An image whose brightest pixel stays below this (of 65,535) has less than 8 bits of content. */
export const IMAGE_BRIGHTEST_MIN = 256;
/** Lesions that a model may mark on one image: as many regions as a Faster R-CNN proposes. */
export const LESIONS_PER_IMAGE_MAX = 300;
/** Largest lesions file. */
export const LESIONS_BYTES_MAX = 64 * MiB;
/** Smallest share of pixels that a breast covers: a third is usual, a hundredth is a stray mark. */
export const IMAGE_BRIGHT_SHARE_MIN = 0.005;
/** Lowest value (of 65,535) of the brightest pixels: below it two of the 16 bits are unused. */
export const IMAGE_NOT_DARK_MIN = 16_384;
/** Largest share of a breast's pixels that may be saturated: windows clip a few percent. */
export const IMAGE_SATURATED_SHARE_MAX = 0.2;
/** Largest share of the border that may be white: the chest wall covers less than a third of it. */
export const IMAGE_WHITE_EDGE_SHARE_MAX = 0.5;
/** Largest ratio of the border's brightness to that of the whole image. */
export const IMAGE_EDGE_RATIO_MAX = 1.1;
/** Images whose pixels are sampled in a header check: finds problems that affect one image in a hundred. */
export const GREY_VALUES_SAMPLE = 400;
/** Threads that render images; each image is decoded by one of them. */
export const IMAGE_RENDERERS = 2;
/** Cache of decoded images per thread, in bytes: a little more than four mammograms of 3,328 x 4,096 pixels. */
export const IMAGE_DECODED_BYTES_KEPT_MAX = 128 * MiB;
/** How long decoded images stay cached, in seconds: as long as a user may look at an exam. */
export const IMAGE_DECODED_KEPT_S = 300;
/** Cache of rendered images, in bytes: about 500 views at 1,200 pixels. */
export const IMAGE_RENDERED_BYTES_KEPT_MAX = 64 * MiB;
/** Pending renderings: four views for each of sixteen readers. */
export const IMAGE_RENDERS_WAITING_MAX = 64;
/** Timeout of one rendering step, in seconds: the largest image takes about five. */
export const IMAGE_RENDER_S_MAX = 60;
/** Images whose listing and decoding thread are remembered. */
export const IMAGES_REMEMBERED_MAX = 4096;
/** Hidden files and folders of an images folder: each needs its own mount. */
export const HIDDEN_PATHS_MAX = 500;
/** Entries of one archive: 400,000 images and their folders, with headroom. */
export const ARCHIVE_ENTRIES_MAX = 1_000_000;
/** Largest ratio of unpacked to packed size: PNGs and DICOM pixels compress at most a hundredfold. */
export const ARCHIVE_RATIO_MAX = 100;
/** Below this size a high ratio is harmless: black phantoms are small and compress well. */
export const ARCHIVE_RATIO_CHECKED_FROM_BYTES = 64 * MiB;

/** Largest DICOM file, also after inflation: twice the largest image, uncompressed. */
export const DICOM_FILE_BYTES_MAX = 4 * IMAGE_PIXELS_MAX;
/** Data elements read from one DICOM file; a mammogram has some hundred. */
export const DICOM_ELEMENTS_MAX = 200_000;
/** Nesting depth of sequences in a DICOM file; structured objects have about ten, private ones more. */
export const DICOM_DEPTH_MAX = 128;
/** Bytes read from a DICOM file to identify it; more if its header is longer. */
export const DICOM_HEADER_BYTES = 64 * KiB;
/** Files of one DICOM folder: 400,000 images, with headroom for other files. */
export const DICOM_FILES_MAX = 2_000_000;
/** Timeout for one DICOM file, in seconds; the largest take about 10 s on a slow machine. */
export const DICOM_FILE_PATIENCE_S = 120;
/** Converter processes of one import, at most one per core: each takes up to half a gigabyte. */
export const DICOM_CONVERTERS_MAX = 8;
/** JavaScript heap of one converter, in MiB; pixels come on top and are bounded by their size. */
export const DICOM_CONVERTER_HEAP_MIB = 512;
/** Studies per page of a query: every PACS returns as many. */
export const DICOMWEB_PAGE_STUDIES = 100;
/** Studies that a PACS may list for one import: 400,000 images at four each, with headroom for unlabelled ones. */
export const DICOMWEB_STUDIES_MAX = 500_000;
/** Series with mammograms in one study; a screening exam has one to four. */
export const DICOMWEB_SERIES_MAX = 200;
/** Largest JSON response of a PACS: a page of studies has about a megabyte. */
export const DICOMWEB_JSON_BYTES_MAX = 64 * MiB;
/** Attempts per request to a PACS. */
export const DICOMWEB_TRIES = 3;
/** Largest labels CSV: a hundred thousand rows at about 300 bytes, with headroom. */
export const LABELS_BYTES_MAX = 64 * MiB;

/** Default time without changes in a DICOM folder before it is read, in seconds: a receiver may still fill it. */
export const DICOM_QUIET_S = 60;
/** Larger folders of DICOM files are recognised by times alone: reading them twice would take hours. */
export const DICOM_MARKED_BYTES_MAX = 64 * GiB;
/** Longest such time that may be requested, in seconds. */
export const DICOM_QUIET_S_MAX = 3600;

/** Largest pickle: only data lists are that large. */
export const PICKLE_BYTES_MAX = DATA_LIST_BYTES_MAX;
/** Nesting depth of containers in a pickle: a data list needs 4, a pandas table about 10. */
export const PICKLE_DEPTH_MAX = 100;
/** Values in a pickle: 100,000 exams with further keys have about 5 million. */
export const PICKLE_ELEMENTS_MAX = 100_000_000;
/** Longest string in a pickle: far beyond any name, well below the longest string of the JavaScript engine. */
export const PICKLE_TEXT_BYTES_MAX = 64 * MiB;
/** Longest integer in a pickle: 2,048 bits; a DICOM UID read as a number has 213. */
export const PICKLE_INT_BYTES_MAX = 256;
/** Memory that a pickle may need when expanded, with every shared value copied. */
export const PICKLE_EXPANDED_BYTES_MAX = 4 * GiB;
/** Largest ratio of a pickle's expanded size to its own; real data lists stay below 30. */
export const PICKLE_EXPANSION_FACTOR_MAX = 48;
/** Expanded size that is always allowed, so that tiny pickles are not rejected. */
export const PICKLE_EXPANDED_BYTES_FREE = 16 * MiB;
/** Files of one model folder: scripts and helpers, not data. */
export const MODEL_FILES_MAX = 2000;
/** Largest file of a model folder: larger files (weights) are fetched when the image is built. */
export const MODEL_FILE_BYTES_MAX = 512 * MiB;
/** Cached digests of model files: a hundred models with their files. When full, the cache is cleared. */
export const MODEL_DIGESTS_KEPT_MAX = 20_000;
/** Largest log stored per evaluation; further output is counted but not stored. */
export const LOG_BYTES_MAX = 64 * MiB;
/** Longest log line stored whole, in characters. */
export const LOG_LINE_CHARS_MAX = 4096;
/** Longest field in a service's log line, in characters: a stack trace fits, a path of 16 kB does not. */
export const LOG_FIELD_CHARS_MAX = 2000;
/** Longest request path in the logs, in characters: our longest have about 200. */
export const LOG_PATH_CHARS_MAX = 256;
/** Log lines included in an error. */
export const LOG_TAIL_LINES = 40;

/** Longest name of an image, folders included: the longest file path, with headroom for the root. */
export const IMAGE_NAME_LENGTH_MAX = 1024;
/** Longest id of an exam: a DICOM UID has at most 64 characters. */
export const EXAM_ID_LENGTH_MAX = 128;
/** Reads of one exam: two readers and an arbitration, with headroom for a panel. */
export const READS_OF_EXAM_MAX = 20;
/** Longest time between an exam and a later event, in days: a hundred years. */
export const DAYS_MAX = 36_525;
/** Thresholds of one net benefit curve. */
export const ANALYSIS_THRESHOLDS_MAX = 1000;
/** Discordant samples listed in one comparison of decisions. */
export const DISCORDANT_LISTED_MAX = 10_000;
/** Horizons of one report: a programme asks for a few rounds. */
export const HORIZONS_MAX = 10;

/** Pathways of one simulation: every kind at a few thresholds. */
export const PATHWAYS_MAX = 24;
/** Thresholds of one sweep: a figure cannot resolve more. */
export const SWEEP_THRESHOLDS_MAX = 1000;

/** Subgroup keys of one score: enough for every protocol; each needs a full measurement. */
export const SUBGROUP_KEYS_MAX = 32;
/** Groups of one key; keys with more values are measurements or ids and need bins. */
export const SUBGROUPS_MAX = 64;
/** Most values of a key that makes subgroups by default: density has 4, age bands about 8. */
export const SUBGROUPS_DEFAULT_MAX = 12;
/** Bin limits of a numeric key. */
export const SUBGROUP_BINS_MAX = 32;
/** With fewer than ten positives, one cancer changes the sensitivity by more than ten percentage points. */
export const SUBGROUP_CLASS_SAMPLES_MIN = 10;
/** Largest side table with subgroup keys: 100,000 exams with a few columns. */
export const ATTRIBUTES_BYTES_MAX = 16 * MiB;
/** Largest reader study: 100,000 rows of 50 raters take about 40 MB. */
export const READER_STUDY_BYTES_MAX = 48 * MiB;
/** Most readers, and most models, of one study: every model is compared with every reader. */
export const RATERS_MAX = 64;
/** Breasts of each class listed as the worst misses: a radiologist can review them in an afternoon. */
export const MISSES_LISTED_MAX = 10;
/** Scores shown on an exam's page: the newest of each model and experiment. */
export const EXAM_SCORES_SHOWN_MAX = 12;
/** Models whose boxes an exam's page shows: as many line styles as can be told apart. */
export const EXAM_MARKERS_SHOWN_MAX = 4;
/** Largest lesions file that an exam's page reads (5,000 exams); of a larger one only the name is shown. */
export const EXAM_MARKS_BYTES_MAX = 8 * MiB;
/** Keys of an exam shown on its page. */
export const EXAM_KEYS_SHOWN_MAX = 60;
/** Datasets, evaluations and scores (each) on the start page; the API lists the older ones. */
export const ITEMS_SHOWN_MAX = 25;
/** Most bytes that may be requested from the end of a log; download the file for more. */
export const LOG_TAIL_BYTES_MAX = MiB;
/** Bytes from the end of a log shown on an evaluation's page: about two hundred lines. */
export const LOG_SHOWN_BYTES_MAX = 16 * 1024;
/** Users whose last known status is cached; a few hundred bytes each. */
export const LAST_KNOWN_KEPT_MAX = 1000;
/** Most parts of one evaluation. */
export const SHARDS_MAX = 256;
/** Refresh interval of pages without script while something is in progress, in seconds. */
export const PAGE_REFRESH_S = 10;
/** Cache of JSON files, counted by their size on disk; they take about half of it in memory. */
export const JSON_CACHED_BYTES_MAX = 64 * MiB;
/** Default page size of `GET /v1/scores`: about 20 kB per report. */
export const SCORES_PAGE_DEFAULT = 20;
/** Largest page of score reports: about 2 MB. */
export const SCORES_PAGE_MAX = 200;

/** How long a browser stays signed in, in seconds: a working day. */
export const SESSION_S = 12 * 3600;

/** How long a person may take at the OpenID Connect provider, in seconds: long enough for a second factor. */
export const OIDC_LOGIN_S = 900;

/** Timeout of one request to the OpenID Connect provider, in seconds. */
export const OIDC_PATIENCE_S = 10;

/** Browsers that are signed in at a time: the oldest session ends. */
export const SESSIONS_MAX = 10_000;

/** A sign-in form with a token, in bytes. */
export const SIGN_IN_BYTES_MAX = 4096;

/** Scores of one CSV: some 30 MB, if each has many subgroups. */
export const SCORES_EXPORTED_MAX = 1000;

/** Columns of predictions side by side: more are hard to read, and each is held in memory. */
export const PREDICTIONS_BESIDE_MAX = 64;

/** Length of a search text in lists, in characters. */
export const SEARCH_CHARACTERS_MAX = 200;
/** Longest notes on an evaluation, in characters: a page of text; all of them are in the index that lists search. */
export const NOTES_CHARACTERS_MAX = 2000;
/** Warnings shown on a report page; the JSON has more. */
export const WARNINGS_SHOWN_MAX = 20;
/** Operating points marked on a ROC plot: there are no more distinguishable shapes. */
export const OPERATING_POINTS_MARKED_MAX = 4;

/** Evaluations of one batch: ten models on a hundred datasets. */
export const EVALUATIONS_BATCH_MAX = 1000;
/** Unfinished evaluations of one model author: a batch, and what is submitted while it runs. */
export const OPEN_EVALUATIONS_MAX = EVALUATIONS_BATCH_MAX + 100;
/** Scores of one comparison: 16 make 120 pairs, each with thousands of replicates. */
export const COMPARED_SCORES_MAX = 16;
/** Replicates of one comparison over all pairs: about five minutes at 1,440 rows. */
export const COMPARISON_REPLICATES_MAX = 1_000_000;
/** Cached responses about exams of datasets: the longest have about 200 kB. */
export const EXAM_ANSWERS_KEPT_MAX = 100;
/** Timeout of reading a data list or predictions file, in seconds; the largest take a minute. */
export const LIST_TASK_S_MAX = 900;
/** Timeout of checking a run's saliency maps, in seconds: two of 10 MB for each of 400,000 images. */
export const OUTPUTS_TASK_S_MAX = 86_400;
/** Exams that an error lists by name; the total count is always given. */
export const EXAMS_TOLD_MAX = 5;
/** Rows of one forest plot: as many as fit on an A4 page. */
export const FOREST_ROWS_MAX = 20;
