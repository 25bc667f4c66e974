/* A process of the agent, and after its crash the next one, with a new boot id. */

#define leads(process) (stepDown[process] > 0)
#define isMine(process) (open[target[process]] && writer[target[process]] == process \
    && attempt[target[process]] == next[process])
#define mayAttempt(graph) (!paused && !open[graph] && cooldown[graph] == 0 \
    && spent < BUDGET && inFlight < PLACES)
/* A leader may close an open intent when it has seen the restart, or after the bound. */
#define mayClose(process, graph) (phase[process] == idle && leads(process) \
    && epochAgrees(holdsEpoch[process]) && open[graph] && (landed[graph] || bound[graph] == 0))
#if defined(NO_SEND_CHECK)
#define maySend(process) true
#elif defined(LEAD_CHECK)
#define maySend(process) leads(process)
#else
#define maySend(process) (since[process] <= SEND && leads(process))
#endif

inline becomeIdle(process) {
    phase[process] = idle;
    target[process] = 0;
    next[process] = 0;
    since[process] = 0;
    isCurrent[process] = false;
    requestEpoch[process] = false;
    granted[process] = false;
    outcome[process] = awaited;
    stopListening(process)
}

/* The process no longer waits for the answer of etcd, which may still commit. */
inline giveUp(p, boot) {
    if
    :: phase[p] == committing && outcome[p] == awaited && !lateExists ->
        lateExists = true;
        lateEpoch = requestEpoch[p];
        lateCurrent = isCurrent[p];
        lateWriter = boot;
        lateGraph = target[p];
        lateAttempt = next[p];
        lateAge = since[p];
        forgetFailingRequest()
    :: else
    fi;
    becomeIdle(p)
}

/* The boot id ends with the process: no later process has it. */
inline crash(process) {
    printf("process %d crashes and starts again\n", process);
    giveUp(process, GONE);
    stepDown[process] = 0;
    holdsEpoch[process] = false;
    if
    :: leader == process -> leader = GONE
    :: else
    fi;
    if
    :: lateWriter == process -> lateWriter = GONE
    :: else
    fi;
#ifndef BOOT_ID_REUSED
    for (i : 0 .. GRAPHS - 1) {
        if
        :: writer[i] == process -> writer[i] = GONE
        :: else
        fi
    };
#endif
    i = 0
}

inline send(process) {
    printf("process %d writes the POST for attempt %d of graph %d\n", process, next[process],
        target[process]);
    require(INTENT_FIRST, intentPrecedesPost, granted[process]);
    granted[process] = false;
    if
    :: attempt[target[process]] == next[process] ->
        posts[target[process]]++;
        require(ONE_POST, onePostPerAttempt, posts[target[process]] <= 1)
    :: else
    fi;
    phase[process] = waiting;
#ifdef SIGNED_AT_SEND
    writePost(process, target[process], 0);
#else
    writePost(process, target[process], since[process]);
#endif
    since[process] = 0
}

/* Each step names its graph, because a step of the verifier has one outcome. */
#define steps(g) \
    /* A linearizable read, and the decision on what it says. */ \
    :: d_step { isUp(process) && phase[process] == idle && leads(process) && mayAttempt(g) -> \
            printf("process %d reads and decides for graph %d\n", process, g); \
            phase[process] = decided; \
            target[process] = g; \
            next[process] = attempt[g] + 1; \
            isCurrent[process] = true \
        } \
    :: d_step { isUp(process) && mayClose(process, g) -> \
            printf("process %d closes attempt %d of graph %d (landed %d, bound %d)\n", \
                process, attempt[g], g, landed[g], bound[g]); \
            if \
            :: writer[g] != process -> reach(ADOPTED) \
            :: else \
            fi; \
            if \
            :: bound[g] == 0 && !landed[g] -> reach(NOT_LANDED) \
            :: bound[g] == 0 && landed[g] -> reach(UNSEEN) \
            :: else \
            fi; \
            closeAttempt(g) \
        } \
    resendSteps(g)

#if defined(RESENT) || defined(BOOT_ID_REUSED)
#ifdef RESENT
#define isResent(process, g) (leads(process) && writer[g] != process)
#else
#define isResent(process, g) (writer[g] == process && !granted[process])
#endif
/* The process sends the POST of an open intent that it finds. */
#define resendSteps(g) \
    :: d_step { isUp(process) && phase[process] == idle && open[g] && isResent(process, g) -> \
            printf("process %d resumes attempt %d of graph %d\n", \
                process, attempt[g], g); \
            phase[process] = ready; \
            target[process] = g; \
            next[process] = attempt[g]; \
            granted[process] = (writer[g] == process) \
        }
#else
#define resendSteps(g)
#endif

proctype Process(byte process) {
    do
    /* Campaign and renew. The answer may be lost; then only etcd knows. */
    :: d_step { isUp(process) && leader == NOBODY ->
            printf("process %d creates the key leader\n", process);
            leader = process;
            lease = TTL;
            holdsEpoch[process] = true;
            stepDown[process] = STEP_DOWN
        }
    :: d_step { isUp(process) && leader == NOBODY ->
            printf("process %d creates the key leader and gets no answer\n", process);
            leader = process;
            lease = TTL;
            holdsEpoch[process] = true
        }
    :: d_step { isUp(process) && holdsEpoch[process] ->
            printf("process %d renews its lease\n", process);
            lease = TTL;
            stepDown[process] = STEP_DOWN
        }
    :: d_step { isUp(process) && holdsEpoch[process] ->
            printf("process %d renews its lease and gets no answer\n", process);
            lease = TTL
        }

    steps(0)
#if GRAPHS > 1
    steps(1)
#endif

    /* One transaction. `since` counts from its begin, and its date is of the same time. */
    :: d_step { isUp(process) && phase[process] == decided ->
            if
            :: leads(process) ->
                printf("process %d begins to commit\n", process);
                phase[process] = committing;
                requestEpoch[process] = holdsEpoch[process]
            :: else -> becomeIdle(process)
            fi;
            skip
        }
    /* etcd carries it out. This needs no step of the process, which may be frozen. */
    :: d_step { phase[process] == committing && outcome[process] == awaited ->
            if
            :: fleetAgrees(isCurrent[process]) && epochAgrees(requestEpoch[process]) ->
                commitIntent(process, target[process], next[process], since[process],
                    requestEpoch[process]);
                granted[process] = true;
                outcome[process] = committed
            :: else ->
                printf("a compare of process %d fails\n", process);
                if
                :: requestEpoch[process] -> reach(OVERTAKEN)
                :: else -> reach(DEPOSED)
                fi;
                outcome[process] = rejected
            fi;
            requestEpoch[process] = false
        }
    /* The answer, or a read that finds the intent after the answer was lost. */
    :: d_step { isUp(process) && phase[process] == committing && outcome[process] == committed ->
            printf("process %d learns that its intent is committed\n", process);
            phase[process] = ready;
            outcome[process] = awaited
        }
    /* Or no answer that tells: the process sends nothing, and the intent may be open. */
    :: d_step { isUp(process) && phase[process] == committing ->
            printf("process %d gives up its transaction\n", process);
            giveUp(process, process)
        }

    /* The check, directly before the write. In between the process may freeze. */
    :: d_step { isUp(process) && phase[process] == ready ->
            if
            :: maySend(process) ->
                printf("process %d may send\n", process);
                phase[process] = writing
            :: else ->
                printf("process %d may no longer send\n", process);
                reach(NOT_SENT);
                if
                :: isMine(process) -> closeAttempt(target[process])
                :: else
                fi;
                becomeIdle(process)
            fi;
            skip
        }
    :: d_step { isUp(process) && phase[process] == writing -> send(process) }

    /* The answer of the gateway, which the process records even if it no longer leads. */
    :: d_step { isUp(process) && phase[process] == waiting && answer[process] != nothing ->
            printf("process %d records the answer\n", process);
            if
            :: isMine(process) -> closeAttempt(target[process])
            :: else
            fi;
            becomeIdle(process)
        }
    /* No answer in time: the intent stays open. */
    :: d_step { isUp(process) && phase[process] == waiting ->
            printf("process %d gives up waiting for the answer\n", process);
            becomeIdle(process)
        }

#ifdef TIMELY
    :: d_step { process == 0 && !isDown && faults < FAULTS -> 
            printf("process 0 freezes\n");
            faults++;
            isDown = true
        }
    :: d_step { process == 0 && isDown ->
            printf("process 0 continues\n");
            isDown = false
        }
    :: d_step { process == 0 && !isDown && faults < FAULTS -> faults++; crash(process) }
#else
    :: d_step { crash(process) }
#endif
    od
}
