/**
 * Every bound of the system: unit in the name, reason beside it.
 *
 * @module
 */

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Largest pickled, JSON or CSV data list; 100,000 exams with further keys take about 60 MB. */
export const DATA_LIST_BYTES_MAX = 512 * MiB;
/** Times that the end of the service may cut off the reading of one data list: by chance it is once. */
export const DATA_LIST_READINGS_MAX = 3;
/** Largest predictions CSV: 400,000 images at about 80 bytes a row, with room. */
export const PREDICTIONS_BYTES_MAX = 256 * MiB;
/** Largest JSON request body: a request, never data. */
export const JSON_BODY_BYTES_MAX = 1 * MiB;
/** Largest data list that is sent to be scored at once, in bytes: one of 100,000 exams with further keys. */
export const SENT_LIST_BYTES_MAX = 64 * MiB;
/** Largest predictions that are sent to be scored, in bytes: those of 400,000 images. */
export const SENT_PREDICTIONS_BYTES_MAX = 32 * MiB;
/** Longest text of a form, in bytes: a choice of subgroups with all its limits. */
export const FORM_TEXT_BYTES_MAX = 64 * KiB;
/** Texts of one form: twice what the largest has. */
export const FORM_TEXTS_MAX = 32;
/** Rows of a predictions file beyond two for each image of the data list; then the file is read no further. */
export const PREDICTION_ROWS_SPARE = 1000;
/** Longest wait for another service's answer, in seconds: it reads a file or two. */
export const SERVICE_CALL_S = 60;
/** Longest wait for a score, in seconds: the largest bootstrap takes minutes, behind others in the queue. */
export const SCORING_CALL_S = 3600;
/** Largest server-sent event that a client reads: what grows without an end is no event stream. */
export const EVENT_CHARACTERS_MAX = 1_000_000;
/** Requests that the gateway has under way at a time; each takes some 50 kB. Answers that stream do not count. */
export const REQUESTS_UNDER_WAY_MAX = 2000;
/** Of these, how many only the role admin may take: whoever has to put things right gets in. */
export const REQUESTS_RESERVED = 200;
/** Uploads (multipart bodies) that arrive at a time: each writes to the volume. */
export const UPLOADS_UNDER_WAY_MAX = 32;
/** Of these, how many only the role admin may take. */
export const UPLOADS_RESERVED = 4;
/** JSON bodies that are held in memory at a time, in bytes: 64 of the largest. */
export const JSON_BODIES_BYTES_MAX = 64 * MiB;
/** Longest silence while a body arrives, in milliseconds: a stalled link shall not hold a place. */
export const BODY_IDLE_MS_MAX = 60_000;
/** Slowest that a body may arrive on the whole, in bytes a second: a modem is faster. */
export const BODY_BYTES_PER_S_MIN = 1024;
/** Longest that a JSON body may take to arrive, in milliseconds: the largest takes 10 s at 1 Mbit/s. */
export const JSON_BODY_MS_MAX = 2 * 60_000;
/** Longest that an upload may take to arrive, in milliseconds: the largest takes a day at 5 Mbit/s. */
export const UPLOAD_MS_MAX = 24 * 60 * 60_000;
/** Requests of one user that are held open (event streams, followed logs, `Prefer: wait`): a batch that is
 * watched by a script, with room; each is a connection. */
export const HELD_OPEN_MAX = 256;
/** How often it is looked whether the token of an open answer still holds, in milliseconds. */
export const TOKEN_LOOK_MS = 2_000;
/** Largest upload of one dataset. */
export const UPLOAD_BYTES_MAX = 50 * GiB;
/** Imports that run at the same time: each may hold a whole data list, the others wait. */
export const IMPORTS_AT_ONCE = 2;
/** Imports from a PACS that run besides, at most one a user: they wait for another machine most of the time. */
export const PACS_IMPORTS_AT_ONCE = 2;
/** Faults listed in one answer; the count is always told. */
export const FAULTS_LISTED_MAX = 1000;
/** Fewest samples for which a bootstrap interval is given. */
export const BOOTSTRAP_SAMPLES_MIN = 8;
/** Fewest exams with cancer, and without, for an interval or a p value by resampling or comparison. */
export const CLUSTERS_OF_CLASS_MIN = 5;
/** Replicates of the bootstrap unless asked otherwise (the metarepository's number). */
export const BOOTSTRAP_REPLICATES_DEFAULT = 2000;
/** Most replicates a caller may ask for. */
export const BOOTSTRAP_REPLICATES_MAX = 100_000;
/** Threads that compute replicates of one bootstrap: more wait for each other's memory. */
export const REPLICATE_WORKERS_MAX = 8;
/** Processes that compute scores and what is made of them: each takes 100 MB and more. */
export const COMPUTE_PROCESSES_MAX = 4;
/** Heap of one computation on more than can be sent at once, in MiB: of a larger dataset, or of several scores. */
export const JOB_HEAP_MIB = 1024;
/** Heap of one computation on what was sent, in MiB; bytes of files and columns of numbers come on top. With the
 * service that is 1 GiB in all; a small computation beside it takes up to 290 MiB more. */
export const SENT_JOB_HEAP_MIB = 448;
/** Heap of a small computation, in MiB. */
export const SMALL_JOB_HEAP_MIB = 192;
/** Longest that one computation may take, in seconds: three times the largest comparison. */
export const JOB_S_MAX = 900;
/** Computations that wait for their turn; further ones are refused for the moment. */
export const JOBS_WAITING_MAX = 256;
/** Computations of one user that wait: a page full of plots, or a script that scores a folder. */
export const JOBS_WAITING_OF_USER_MAX = 64;
/** Computations from this size on are large, about a second: they leave a process to small ones. Bytes of what was
 * sent, samples that are read, and samples drawn by all replicates. */
export const LARGE_JOB_BYTES_MIN = 2 * MiB;
export const LARGE_JOB_ROWS_MIN = 50_000;
export const LARGE_JOB_DRAWS_MIN = 400_000_000;
/** Comparisons, leaderboards, subgroups and plots that are kept in memory, so that they are computed once. */
export const COMPUTED_BYTES_KEPT_MAX = 16 * MiB;
/** Operating points of one report: each costs a bootstrap of its own. */
export const OPERATING_POINTS_MAX = 20;
/** Shortest side of a usable image: the smallest that any of the classifiers resamples to is 256. */
export const IMAGE_SIDE_PIXELS_MIN = 256;
/** Largest image: the largest detectors give about 4,096 x 5,625; four times that is a mistake. */
export const IMAGE_PIXELS_MAX = 100_000_000;
/** Largest image file: the largest image uncompressed, with room for what else a PNG can hold. */
export const IMAGE_FILE_BYTES_MAX = 2 * IMAGE_PIXELS_MAX + 16 * MiB;
/** Raw to packed size from which an image is looked at whole: mammograms stay below 20 times. */
export const IMAGE_RATIO_SUSPICIOUS = 64;
/** An image whose brightest pixel stays below this (of 65,535) has not even 8 bits of content. */
export const IMAGE_BRIGHTEST_MIN = 256;
/** Marks that a model may put on one image: as many regions as a Faster R-CNN looks at. */
export const LESIONS_PER_IMAGE_MAX = 300;
/** Largest file of marks. */
export const LESIONS_BYTES_MAX = 64 * MiB;
/** Least share of pixels that a breast takes up; a third is usual, a hundredth is a stray mark. */
export const IMAGE_BRIGHT_SHARE_MIN = 0.005;
/** Least value (of 65,535) of the brightest pixels: below it two of the 16 bits are not used. */
export const IMAGE_NOT_DARK_MIN = 16_384;
/** Share of a breast's pixels at the greatest value: windows clip a few in a hundred. */
export const IMAGE_SATURATED_SHARE_MAX = 0.2;
/** Share of the edge that may be white: the chest wall takes up less than a third of it. */
export const IMAGE_WHITE_EDGE_SHARE_MAX = 0.5;
/** How much brighter than the whole picture its edge may be. */
export const IMAGE_EDGE_RATIO_MAX = 1.1;
/** Images whose pixels are looked at where only headers are checked: finds what one in a hundred has. */
export const GREY_VALUES_SAMPLE = 400;
/** Threads that render images; one image is decoded by one of them. */
export const IMAGE_RENDERERS = 2;
/** Decoded images that each of them keeps, in bytes: four mammograms of 3,328 x 4,096 pixels and a little more. */
export const IMAGE_DECODED_BYTES_KEPT_MAX = 128 * MiB;
/** How long they are kept, in seconds: as long as somebody may look at an exam. */
export const IMAGE_DECODED_KEPT_S = 300;
/** Rendered pictures that are kept, in bytes: some 500 views at 1,200 pixels. */
export const IMAGE_RENDERED_BYTES_KEPT_MAX = 64 * MiB;
/** Pictures that may be under way: four views for each of sixteen readers. */
export const IMAGE_RENDERS_WAITING_MAX = 64;
/** Longest step of rendering one picture, in seconds: the largest image takes about five. */
export const IMAGE_RENDER_S_MAX = 60;
/** Images of which it is remembered that they are listed, and by which thread they were decoded. */
export const IMAGES_REMEMBERED_MAX = 4096;
/** Files and folders of an images folder that are hidden from a container: each is a mount of its own. */
export const HIDDEN_PATHS_MAX = 500;
/** Entries of one archive: 400,000 images and their folders, with room. */
export const ARCHIVE_ENTRIES_MAX = 1_000_000;
/** Unpacked to packed size: PNGs and DICOM pixels compress to no less than a hundredth. */
export const ARCHIVE_RATIO_MAX = 100;
/** Below this size a high ratio does no harm: black phantoms are small and compress well. */
export const ARCHIVE_RATIO_CHECKED_FROM_BYTES = 64 * MiB;

/** Largest DICOM file, and largest that one may inflate to: twice the largest image, uncompressed. */
export const DICOM_FILE_BYTES_MAX = 4 * IMAGE_PIXELS_MAX;
/** Data elements that are looked at in one DICOM file; a mammogram has some hundred. */
export const DICOM_ELEMENTS_MAX = 200_000;
/** Sequences inside one another in a DICOM file; structured objects have about ten. */
export const DICOM_DEPTH_MAX = 32;
/** How much of a DICOM file is read to know what it is; more where its header goes on. */
export const DICOM_HEADER_BYTES = 64 * KiB;
/** Files of one DICOM folder: 400,000 images, with room for what lies beside them. */
export const DICOM_FILES_MAX = 2_000_000;
/** Patience with one DICOM file; the largest take about 10 s on a slow machine. */
export const DICOM_FILE_PATIENCE_S = 120;
/** Converter processes of one import, at most one a core: each takes up to half a gigabyte. */
export const DICOM_CONVERTERS_MAX = 8;
/** JavaScript memory of one converter, in MiB; pixels come on top and are bounded by their size. */
export const DICOM_CONVERTER_HEAP_MIB = 512;
/** Studies asked for at a time: what every PACS gives in one answer. */
export const DICOMWEB_PAGE_STUDIES = 100;
/** Studies that a PACS may list for one import: 400,000 images in fours, with room for what has no label. */
export const DICOMWEB_STUDIES_MAX = 500_000;
/** Series with mammograms in one study; a screening exam has one to four. */
export const DICOMWEB_SERIES_MAX = 200;
/** Largest list that a PACS may answer with: a page of studies has about a megabyte. */
export const DICOMWEB_JSON_BYTES_MAX = 64 * MiB;
/** How often a PACS is asked for the same before it is given up. */
export const DICOMWEB_TRIES = 3;
/** Largest labels CSV: a hundred thousand rows at about 300 bytes, with room. */
export const LABELS_BYTES_MAX = 64 * MiB;

/** Time for which no file of a DICOM folder may have changed before it is read: a receiver may still fill it, in seconds. */
export const DICOM_QUIET_S = 60;
/** The longest such time that may be asked for, in seconds. */
export const DICOM_QUIET_S_MAX = 3600;

/** Largest pickle: data lists are the only large ones that are read. */
export const PICKLE_BYTES_MAX = DATA_LIST_BYTES_MAX;
/** Containers inside one another in a pickle: a data list needs 4, a pandas table about 10. */
export const PICKLE_DEPTH_MAX = 100;
/** Values in a pickle: 100,000 exams with further keys have about 5 million. */
export const PICKLE_ELEMENTS_MAX = 100_000_000;
/** Longest text in a pickle: far beyond any name, well below the longest string of the engine. */
export const PICKLE_TEXT_BYTES_MAX = 64 * MiB;
/** Longest integer in a pickle: 2,048 bits; a DICOM UID read as a number has 213. */
export const PICKLE_INT_BYTES_MAX = 256;
/** Memory that a pickle may take up or, with every shared value copied, unfold to. */
export const PICKLE_EXPANDED_BYTES_MAX = 4 * GiB;
/** A pickle may unfold to this many times its own size; real data lists stay below 30 times. */
export const PICKLE_EXPANSION_FACTOR_MAX = 48;
/** A pickle of any size may unfold to this much, so that tiny ones are not refused. */
export const PICKLE_EXPANDED_BYTES_FREE = 16 * MiB;
/** Files of one model folder: scripts and helpers, not data. */
export const MODEL_FILES_MAX = 2000;
/** Largest file of a model folder: larger ones (weights) are fetched when the image is built. */
export const MODEL_FILE_BYTES_MAX = 512 * MiB;
/** Digests of model files that are kept: of a hundred models, with their files; then all are made anew. */
export const MODEL_DIGESTS_KEPT_MAX = 20_000;
/** Largest log kept of one evaluation; what comes after is counted, not kept. */
export const LOG_BYTES_MAX = 64 * MiB;
/** Longest log line kept whole, in characters. */
export const LOG_LINE_CHARS_MAX = 4096;
/** Longest field of a line of a service's log, in characters: a stack fits, a path of 16 kB does not. */
export const LOG_FIELD_CHARS_MAX = 2000;
/** Longest path of a request in the logs, in characters: the longest of ours have about 200. */
export const LOG_PATH_CHARS_MAX = 256;
/** Lines of the log that an error carries with it. */
export const LOG_TAIL_LINES = 40;

/** Longest name of an image, folders included: what a file path can be, with room for the root. */
export const IMAGE_NAME_LENGTH_MAX = 1024;
/** Longest id of an exam: a DICOM UID has at most 64 characters. */
export const EXAM_ID_LENGTH_MAX = 128;
/** Reads of one exam: two readers and an arbitration, with room for a panel. */
export const READS_OF_EXAM_MAX = 20;
/** Longest time between an exam and what follows, in days: a hundred years. */
export const DAYS_MAX = 36_525;

/** Pathways of one simulation: every kind at a few thresholds. */
export const PATHWAYS_MAX = 24;
/** Thresholds of one sweep: more cannot be told apart in a figure. */
export const SWEEP_THRESHOLDS_MAX = 1000;

/** Keys of one score that make subgroups: enough for every protocol, each costs a whole measurement. */
export const SUBGROUP_KEYS_MAX = 32;
/** Groups that one key may make; more are measurements or ids, which need bins. */
export const SUBGROUPS_MAX = 64;
/** Different values of a key that makes subgroups unasked: density has 4, age bands about 8. */
export const SUBGROUPS_DEFAULT_MAX = 12;
/** Limits that divide a numeric key. */
export const SUBGROUP_BINS_MAX = 32;
/** Samples of each class below which a group is called too small: with fewer than ten positives one
 * cancer more or less moves the sensitivity by over ten points. */
export const SUBGROUP_CLASS_SAMPLES_MIN = 10;
/** Largest side table of subgroups: 100,000 exams with a few columns. */
export const ATTRIBUTES_BYTES_MAX = 16 * MiB;
/** Results of one reader study: 100,000 rows of 50 raters take about 40 MB. */
export const READER_STUDY_BYTES_MAX = 48 * MiB;
/** Readers, and models, of one study: every model meets every reader. */
export const RATERS_MAX = 64;
/** Breasts of each class listed as the worst misses: what a radiologist looks up in an afternoon. */
export const MISSES_LISTED_MAX = 10;
/** Scores of which an exam's page tells, the newest of each model and experiment. */
export const EXAM_SCORES_SHOWN_MAX = 12;
/** Models whose boxes an exam's page shows: as many lines as can be told apart. */
export const EXAM_MARKERS_SHOWN_MAX = 4;
/** Largest file of boxes that an exam's page looks through: that of 5,000 exams; a larger one is named. */
export const EXAM_MARKS_BYTES_MAX = 8 * MiB;
/** Keys of an exam that its page shows. */
export const EXAM_KEYS_SHOWN_MAX = 60;
/** Datasets, evaluations and scores listed on the start page, of each; the API has the older ones. */
export const ITEMS_SHOWN_MAX = 25;
/** What may be asked for from the end of a log: more is a file to download. */
export const LOG_TAIL_BYTES_MAX = MiB;
/** End of a log that an evaluation's page shows: about two hundred lines. */
export const LOG_SHOWN_BYTES_MAX = 16 * 1024;
/** Callers whose last look at what works here is kept; a few hundred bytes each. */
export const LAST_KNOWN_KEPT_MAX = 1000;
/** How often pages without script are read anew while something goes on, in seconds. */
export const PAGE_REFRESH_S = 10;
/** Files of JSON that a service keeps in memory, by their size on disk, of which they take about half. */
export const JSON_CACHED_BYTES_MAX = 64 * MiB;
/** Score reports of one page of `GET /v1/scores`, unless asked otherwise: some 20 kB each. */
export const SCORES_PAGE_DEFAULT = 20;
/** Score reports of one page at most: some 2 MB. */
export const SCORES_PAGE_MAX = 100;
/** Warnings shown on a report page; the JSON has more. */
export const WARNINGS_SHOWN_MAX = 20;
/** Operating points marked on a ROC plot: there are no more shapes that can be told apart. */
export const OPERATING_POINTS_MARKED_MAX = 4;

/** Evaluations of one batch: ten models on a hundred datasets. */
export const EVALUATIONS_BATCH_MAX = 1000;
/** Evaluations of one model author that have not ended: a batch, and what comes while it runs. */
export const OPEN_EVALUATIONS_MAX = EVALUATIONS_BATCH_MAX + 100;
/** Scores of one comparison: 16 make 120 pairs, each with thousands of replicates. */
export const COMPARED_SCORES_MAX = 16;
/** Replicates of one comparison, over all pairs: at 1,440 rows about five minutes. */
export const COMPARISON_REPLICATES_MAX = 1_000_000;
/** What the exams of datasets said to requests, kept in memory: the longest answers have some 200 kB. */
export const EXAM_ANSWERS_KEPT_MAX = 100;
/** Longest that one look at a data list or a predictions file may take, in seconds; the largest take a minute. */
export const LIST_TASK_S_MAX = 900;
/** Longest that checking a run's saliency maps may take, in seconds: two of 10 MB for each of 400,000 images. */
export const OUTPUTS_TASK_S_MAX = 86_400;
/** Exams that an error lists by name; the count is always told. */
export const EXAMS_TOLD_MAX = 5;
/** Rows of one forest plot: as many as a page of A4 has room for. */
export const FOREST_ROWS_MAX = 20;
