/* The constants, the invariants and the variables of the model. */

#ifndef AGENTS
#define AGENTS 2
#endif
#ifndef GRAPHS
#define GRAPHS 1
#endif
#ifndef PLACES
#define PLACES 1
#endif
#ifndef BUDGET
#define BUDGET 2        /* in a window that is longer than a run */
#endif

/*
 * Durations, in ticks. Only their order is that of the agent: SEND (5 s) < STEP_DOWN (20 s) <
 * TTL (30 s) < DATE (15 min + 1 min) < BOUND (DATE + 10 min) < COOLDOWN (60 min).
 * SEND:      from the begin of the commit to the check before the POST.
 * STEP_DOWN: from the last successful renewal.
 * TTL:       of the lease.
 * DATE:      W + epsilon; the gateway refuses a signature that is older.
 * BOUND:     W + epsilon + P; an accepted restart has begun by then.
 */
#ifdef COARSE
#define SEND 0
#define STEP_DOWN 1
#define TTL 2
#define DATE 3
#define BOUND 4
#else
#define SEND 1
#define STEP_DOWN 2
#define TTL 3
#define DATE 4
#define BOUND 5
#endif
#ifndef COOLDOWN
#define COOLDOWN (BOUND + 1)
#endif
#ifndef DISTANCE
#define DISTANCE COOLDOWN   /* that invariant I3 demands between two restarts of a graph */
#endif
#define FOREVER 255

/*
 * With TIMELY, process 0 freezes or crashes at most FAULTS times, the others never, and no process
 * waits while it can act. Then every intent ends LIMIT ticks after its signature, or earlier.
 */
#ifndef FAULTS
#define FAULTS 2
#endif
#ifndef LIMIT
#define LIMIT (BOUND + FAULTS * TTL)
#endif

#define NOBODY 254      /* there is no key `leader` */
#define GONE 253        /* a boot id of a process that has ended */

/* The invariants. CHECK selects those that are checked. */
#define INTENT_FIRST 1      /* I1: a POST only after the intent of this boot id was committed */
#define ONE_POST 2          /* I2: at most one POST for each attempt */
#define CLOSED 4            /* I3: an attempt only after the previous one is terminal, */
#define DEAD 8              /*     when its POST can no longer be accepted, */
#define COOLED 16           /*     after its cool-down, */
#define APART 32            /*     and so no two restarts of a graph within DISTANCE */
#define UNPAUSED 64         /* I4: no intent is committed while paused */
#define IN_PLACES 128       /* I5: no more open intents than places, */
#define IN_BUDGET 256       /*     and no more intents than the budget */
#define LEADER 512          /* an intent is committed only by the holder of the key `leader` */
#define SAFETY 1023
#define ENDS 1024           /* I9: every intent ends in time. Needs TIMELY */

/* Events that must be possible; without them the invariants would hold vacuously. */
#define ADOPTED 2048        /* a process closed an intent of another one */
#define NOT_SENT 4096       /* the check before the POST stopped it */
#define NOT_LANDED 8192     /* an intent ended at its bound, and there was no restart */
#define UNSEEN 16384        /* an intent ended at its bound, though there was a restart */
#define OUTDATED 32768      /* the gateway refused a date */
#define COMMITTED_LATE 65536    /* etcd committed after the process had given up waiting */
#define OVERTAKEN 131072    /* a compare of the revision of `fleet` failed */
#define DEPOSED 262144      /* a compare of the epoch failed */
#define REPEATED 524288     /* a second restart of a graph was accepted */
#ifndef CHECK
#define CHECK SAFETY
#endif

/* A failed assertion names one of these. */
bool intentPrecedesPost = true, onePostPerAttempt = true, previousIsTerminal = true,
    previousIsDead = true, cooldownHasPassed = true, restartsAreApart = true,
    noIntentWhilePaused = true, withinPlaces = true, withinBudget = true,
    leaderCommits = true, intentsEnd = true, neverReached = true;

#define require(invariant, name, condition) \
    if \
    :: ((CHECK) & (invariant)) && !(condition) -> name = false; assert(name) \
    :: else \
    fi
#define reach(event) require(event, neverReached, false)

/* etcd: the key `leader` with its lease, and the state that the revision of `fleet` versions. */

/* The key `leader`: its process and the time after which etcd may expire the lease. */
byte leader = NOBODY;
byte lease;

/* The record of each graph: its newest attempt, whether that is open, and who wrote its intent. */
byte attempt[GRAPHS];
bool open[GRAPHS];
byte writer[GRAPHS] = GONE;
byte bound[GRAPHS];         /* time until the attempt may be given up: T + W + epsilon + P */
byte cooldown[GRAPHS];      /* time until the next attempt, from the end of the last one */
byte spent;                 /* intents that the budget has paid for */
byte inFlight;              /* open intents */
bool paused;

/* What etcd's compares of the transactions of each process would say. */
bool holdsEpoch[AGENTS];    /* leader.createRevision is the epoch of the process */
bool isCurrent[AGENTS];     /* fleet.modRevision is as the process read it */
bool requestEpoch[AGENTS];  /* the same as holdsEpoch, for the epoch that its request carries */

/* A request whose answer the process no longer awaits. There is at most one at a time. */
bool lateExists, lateEpoch, lateCurrent;
byte lateWriter = GONE, lateGraph, lateAttempt, lateAge;

/* What only the checker knows. */
byte posts[GRAPHS];         /* POSTs written for the newest attempt */
byte remaining[GRAPHS];     /* time within which the open intent must end, with TIMELY */
bool granted[AGENTS];       /* the process has a committed intent and has not sent its POST */

#ifdef RESTORED
bool restored;
#endif

byte i, j;                  /* loops inside of one step; 0 between steps */

/* The gateway and the graphs. A POST that was written may arrive at any later time, or never. */

#define SLOTS 2             /* POSTs of one graph on their way */
#define FLIGHTS (GRAPHS * SLOTS)

byte air[FLIGHTS];          /* time for which the gateway would still accept the POST; 0: no POST */
byte sender[FLIGHTS] = GONE;    /* the process that waits for the answer */

mtype = { nothing, accepted, refused };
mtype answer[AGENTS] = nothing;

/* A restart has been accepted since the intent of the newest attempt: looking may find it. */
bool landed[GRAPHS];

/* Only the checker knows: time within which no further restart may be accepted. */
byte apart[GRAPHS];

#define isInAir(graph) (air[(graph) * SLOTS] > 0 || air[(graph) * SLOTS + 1] > 0)

/* The processes. */

mtype = { idle, decided, committing, ready, writing, waiting };
mtype phase[AGENTS] = idle;
byte stepDown[AGENTS];      /* time for which the process considers itself the leader */

/* The attempt that the process is about to make. */
byte target[AGENTS];        /* its graph */
byte next[AGENTS];          /* its number */
byte since[AGENTS];         /* since it signed and began to commit, at most BOUND */

mtype = { awaited, committed, rejected };
mtype outcome[AGENTS] = awaited;    /* of its transaction; it learns of it by its next step */

#ifdef TIMELY
bool isDown;                /* process 0 is frozen */
byte faults;
#define isUp(process) (process > 0 || !isDown)
#else
#define isUp(process) true
#endif

