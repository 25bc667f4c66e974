/*
 * Several agents share one ledger on etcd. Every fault that the protocol must survive is a step
 * that may happen at any point: a process freezes or crashes, an answer is lost, a request is
 * delayed. `packaging/model` checks this model, and shows what breaks when one part is absent.
 *
 * A process freezes by taking no step while the clock ticks. It is cut off from etcd by taking no
 * step that needs etcd.
 *
 * Revisions are not counted. For each process the model records whether the compare with the
 * revision that the process holds would still succeed. Revisions only grow, so nothing is lost.
 *
 * Definitions remove one part of the protocol, or break one assumption:
 *   NO_FLEET_COMPARE  an intent is committed without the compare of the revision of `fleet`
 *   NO_EPOCH_COMPARE  a leader writes without the compare of its epoch
 *   NO_SEND_CHECK     the process does not look at its clock before it writes the POST
 *   LEAD_CHECK        it looks only whether it leads, perhaps anew, not at the age of the intent
 *   SIGNED_AT_SEND    the date of the POST is that of its write, not one before the commit
 *   TOKEN             the gateway accepts a POST of any age
 *   COOLDOWN=n        another cool-down, for example one shorter than BOUND
 *   RESENT            a leader sends the POST of an open intent of another process
 *   BOOT_ID_REUSED    a process starts with the boot id of the one that crashed
 *   RESTORED          etcd is restored from a backup, once
 *   EXTERNAL          somebody else restarts a graph, once
 * Others make an assumption stronger:
 *   DIRECT            no time passes between the check and the arrival of the POST
 *   TIMELY            processes act without delay, except for FAULTS faults of process 0
 */

#include "State.pml"
#include "Store.pml"
#include "Cloud.pml"
#include "Process.pml"
#include "Clock.pml"

init {
    atomic {
        byte each;
        for (each : 0 .. AGENTS - 1) {
            run Process(each);
        }
        run Etcd();
        for (each : 0 .. FLIGHTS - 1) {
            run Gateway(each);
        }
#ifdef EXTERNAL
        run Console();
#endif
        run Operator();
        run Clock();
        each = 0;
    }
}
