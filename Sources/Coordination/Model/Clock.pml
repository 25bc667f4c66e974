/* Time passes for everything at once, at any point between two steps. */

#define tick(timer) timer = (timer > 0 -> timer - 1 : 0)

#define isTransacting(process) (phase[process] == committing || phase[process] == ready \
    || phase[process] == writing)

#ifdef TIMELY
#define mustLead(process) (leader == NOBODY || holdsEpoch[process] && !leads(process))
#define mustMove(process) (phase[process] == decided || isTransacting(process) \
    || phase[process] == waiting && since[process] > 0)
#define mustAct(process) (isUp(process) \
    && (mustLead(process) || mustMove(process) || mayClose(process, 0)))
#define mayTick (!mustAct(0) && !mustAct(1) && !(leader != NOBODY && lease == 0))
#define isTimed(process) (isTransacting(process) || phase[process] == waiting)
#else
#define isTimed(process) isTransacting(process)
#ifdef DIRECT
/* No time passes between the check before the POST and the arrival of the POST. */
#define mayTick (phase[0] != writing && phase[1] != writing && !isInAir(0))
#else
#define mayTick true
#endif
#endif

proctype Clock() {
    do
    :: d_step { mayTick ->
            printf("the clock ticks\n");
            tick(lease);
            for (i : 0 .. AGENTS - 1) {
                tick(stepDown[i]);
                if
                :: isTimed(i) && since[i] < BOUND -> since[i]++
                :: else
                fi
            }
            for (i : 0 .. GRAPHS - 1) {
                require(ENDS, intentsEnd, !open[i] || remaining[i] > 0);
                tick(remaining[i]);
                tick(bound[i]);
                tick(cooldown[i]);
                tick(apart[i])
            }
            for (i : 0 .. FLIGHTS - 1) {
                if
                :: air[i] == 1 -> reply(i, nothing)
                :: air[i] > 1 && air[i] != FOREVER -> air[i]--
                :: else
                fi
            }
            if
            :: lateExists && lateAge < BOUND -> lateAge++
            :: else
            fi;
            i = 0
        }
    od
}
