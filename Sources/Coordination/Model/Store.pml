/* etcd: what its transactions do. */

#ifdef NO_FLEET_COMPARE
#define fleetAgrees(isCurrent) true
#else
#define fleetAgrees(isCurrent) (isCurrent)
#endif
#ifdef NO_EPOCH_COMPARE
#define epochAgrees(epoch) true
#else
#define epochAgrees(epoch) (epoch)
#endif

inline forgetLate() {
    lateExists = false;
    lateEpoch = false;
    lateCurrent = false;
    lateWriter = GONE;
    lateGraph = 0;
    lateAttempt = 0;
    lateAge = 0;
}

/* A compare that fails once fails forever. A request that nobody waits for then has no effect. */
inline forgetFailingRequest() {
    if
    :: lateExists && !(fleetAgrees(lateCurrent) && epochAgrees(lateEpoch)) -> forgetLate()
    :: else
    fi
}

/* Every write of the shared state puts `fleet`, so every compare with its old revision fails. */
inline bumpFleet() {
    for (i : 0 .. AGENTS - 1) {
        isCurrent[i] = false;
    }
    i = 0;
    lateCurrent = false;
    forgetFailingRequest();
    skip
}

inline commitIntent(process, graph, number, age, epoch) {
    printf("etcd commits attempt %d of graph %d\n", number, graph);
    require(UNPAUSED, noIntentWhilePaused, !paused);
    require(IN_PLACES, withinPlaces, inFlight < PLACES);
    require(IN_BUDGET, withinBudget, spent < BUDGET);
    require(CLOSED, previousIsTerminal, !open[graph] && number == attempt[graph] + 1);
    require(DEAD, previousIsDead, !isInAir(graph));
    require(COOLED, cooldownHasPassed, cooldown[graph] == 0);
    require(LEADER, leaderCommits, epoch);
    inFlight = inFlight + (open[graph] -> 0 : 1);
    open[graph] = true;
    attempt[graph] = number;
    writer[graph] = process;
    bound[graph] = BOUND - age;
    landed[graph] = false;
    posts[graph] = 0;
    spent++;
#ifdef TIMELY
    remaining[graph] = LIMIT - age;
#endif
    bumpFleet();
}

/* Records an outcome. Its compare of `fleet` makes reading, deciding and writing one step. */
inline closeAttempt(graph) {
    open[graph] = false;
    inFlight--;
    writer[graph] = GONE;
    bound[graph] = 0;
    cooldown[graph] = COOLDOWN;
    landed[graph] = false;
    remaining[graph] = 0;
    bumpFleet();
}

/* The key of the lease is deleted. Its create revision never returns: all epochs are past. */
inline expireLease() {
    leader = NOBODY;
    for (i : 0 .. AGENTS - 1) {
        holdsEpoch[i] = false;
        requestEpoch[i] = false;
    }
    i = 0;
    lateEpoch = false;
    forgetFailingRequest();
    skip
}

proctype Etcd() {
    do
    /* A TTL is a lower bound: etcd may expire a lease later, and then a renewal still succeeds. */
    :: d_step { leader != NOBODY && lease == 0 ->
            printf("etcd expires the lease\n");
            expireLease()
        }

    /* A delayed request is committed, or it is lost. */
    :: d_step { lateExists ->
            printf("etcd carries out a request that was given up\n");
            reach(COMMITTED_LATE);
            commitIntent(lateWriter, lateGraph, lateAttempt, lateAge, lateEpoch);
            forgetLate()
        }
    :: d_step { lateExists -> forgetLate() }

#ifdef RESTORED
    /* Once, a backup from before the first attempt is restored. */
    :: d_step { !restored && spent > 0 ->
            printf("etcd is restored from a backup\n");
            restored = true;
            for (j : 0 .. GRAPHS - 1) {
                attempt[j] = 0;
                open[j] = false;
                writer[j] = GONE;
                bound[j] = 0;
                cooldown[j] = 0;
                landed[j] = false;
                remaining[j] = 0;
            }
            j = 0;
            spent = 0;
            inFlight = 0;
            paused = false;
            lease = 0;
            bumpFleet();
            expireLease()
        }
#endif
    od
}

/* Anybody may pause and resume, through any agent. */
proctype Operator() {
    do
    :: d_step { true ->
            paused = !paused;
            printf("etcd commits a pause (1) or its end (0): %d\n", paused);
            bumpFleet()
        }
    od
}
