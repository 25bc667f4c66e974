import Diagnosis
import Time

/// Adopts the restarts of the time in which the agent saw nothing, whoever made them, with their
/// rest.
extension Machine {
    /// To be called when sight begins, after a start and after every loss of it. Until the job list
    /// has been read, no restart is decided.
    package mutating func expectJobList() {
        adoption = .reading("", since: nil)
    }

    /// Takes the job list of the last day: for each graph name its newest restart.
    mutating func receive(jobList jobs: [FoundJob], _ step: inout Step) {
        guard case .reading = adoption else { return }
        let restarts = jobs.filter { $0.isRestart && !$0.graphName.isEmpty }
        let newest = Dictionary(grouping: restarts, by: \.graphName).compactMapValues { jobs in
            jobs.max { ($0.beganAt, $0.id) < ($1.beganAt, $1.id) }
        }
        adoption = .read(at: step.at, waiting: newest)
        audit(
            .external,
            nil,
            &step,
            reason: "job_list",
            "the job list was read: \(newest.count) graphs were restarted in the last day"
        )
    }

    /// A list that stays incomplete must not hold the fleet for ever: after a while what it does
    /// hold is adopted.
    mutating func receive(
        partialJobList jobs: [FoundJob],
        _ shortfall: String,
        _ step: inout Step
    ) {
        guard case .reading = adoption else { return }
        guard let since = step.view.sightSince, step.at >= since + Timing.jobListPatience else {
            return receive(jobListFailure: shortfall, isRefusal: false, &step)
        }
        audit(
            .external,
            nil,
            &step,
            reason: "job_list",
            "the job list stays incomplete: \(shortfall); restarts by others that it lacks are not "
                + "known"
        )
        receive(jobList: jobs, &step)
    }

    mutating func receive(jobListFailure text: String, isRefusal: Bool, _ step: inout Step) {
        guard case .reading(let before, let since) = adoption else { return }
        adoption = isRefusal ? .refused(text) : .reading(text, since: since)
        guard isRefusal || before != text else { return }
        let detail =
            isRefusal
            ? "the job list is refused: \(text); restarts by others meanwhile are not known"
            : "the job list could not be read: \(text); nothing is restarted before it is"
        audit(.external, nil, &step, reason: "job_list", detail)
    }

    /// Gives each graph that is listed by now the rest after the restart that was found. A name
    /// that two graphs have stands for both.
    mutating func adoptJobs(_ step: inout Step) {
        switch adoption {
        case .reading(let cause, let asked) where step.view.sightSince != nil:
            // The same question in every step, so that a slow answer is waited for.
            let since = asked ?? step.at - Timing.jobListSpan
            adoption = .reading(cause, since: since)
            step.effects.append(.readJobList(since: since))
        case .read(let readAt, var waiting) where !waiting.isEmpty:
            for graph in step.view.graphs.values.sorted(by: { $0.id < $1.id }) {
                guard let job = waiting[graph.name] else { continue }
                noteForeign(job, of: graph, &step)
            }
            for graph in step.view.graphs.values { waiting[graph.name] = nil }
            if step.at >= readAt + Timing.adoptionPatience { waiting = [:] }
            adoption = .read(at: readAt, waiting: waiting)
        default: break
        }
    }
}
