/* The gateway and the graphs. A POST that was written may arrive at any later time, or never. */

/* The process no longer waits for an answer. */
inline stopListening(process) {
    answer[process] = nothing;
    for (i : 0 .. FLIGHTS - 1) {
        if
        :: sender[i] == process -> sender[i] = GONE
        :: else
        fi
    };
    i = 0
}

/* One write of the whole request. `age` is the time since the date in its signature. */
inline writePost(process, graph, age) {
    j = graph * SLOTS;
    if
    :: air[j] > 0 -> j++
    :: else
    fi;
#ifdef TOKEN
    air[j] = FOREVER;
    sender[j] = process;
#else
    if
    :: age < DATE -> air[j] = DATE - age; sender[j] = process
    :: else ->
        printf("the gateway refuses the date\n");
        answer[process] = refused;
        reach(OUTDATED)
    fi;
#endif
    j = 0
}

inline reply(flight, result) {
    if
    :: sender[flight] != GONE -> answer[sender[flight]] = result
    :: else
    fi;
    air[flight] = 0;
    sender[flight] = GONE;
}

inline acceptRestart(flight) {
    printf("the gateway accepts a restart of graph %d\n", flight / SLOTS);
#if (CHECK) & APART
    require(APART, restartsAreApart, apart[flight / SLOTS] == 0);
    apart[flight / SLOTS] = DISTANCE;
#endif
    landed[flight / SLOTS] = open[flight / SLOTS];
    if
    :: attempt[flight / SLOTS] > 1 -> reach(REPEATED)
    :: else
    fi;
    reply(flight, accepted)
}

/* What becomes of one POST on its way. Between any two steps the clock may tick. */
proctype Gateway(byte flight) {
    do
    :: d_step { air[flight] > 0 -> acceptRestart(flight) }
    /* Refused for another reason than its date. */
    :: d_step { air[flight] > 0 ->
            printf("the gateway refuses a restart of graph %d\n", flight / SLOTS);
            reply(flight, refused)
        }
    /* The POST is lost, or the answer to it, so that nobody waits for it any more. */
    :: d_step { air[flight] > 0 -> air[flight] = 0; sender[flight] = GONE }
    :: d_step { air[flight] > 0 && sender[flight] != GONE -> sender[flight] = GONE }
    od
}

#ifdef EXTERNAL
/* Somebody restarts a graph by other means, once. Looking cannot tell who did it. */
proctype Console() {
    byte graph;
    if
    :: graph = 0
    :: graph = GRAPHS - 1
    fi;
    d_step {
        printf("somebody else restarts graph %d\n", graph);
        landed[graph] = open[graph];
        graph = 0
    }
}
#endif
