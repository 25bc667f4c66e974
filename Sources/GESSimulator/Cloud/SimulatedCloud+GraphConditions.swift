package import Time

/// Changes to graphs made by a test or a user, in addition to the service's own actions.
extension SimulatedCloud {
    /// The progress at which a hanging task stalls.
    static let stalledPercent = 37

    /// - Parameters:
    ///   - id: nil to draw one from the seed.
    ///   - name: 4 to 64 letters, digits and underscores, starting with a letter.
    /// - Returns: the id; nil if the id or the name is taken or not allowed.
    @discardableResult
    package mutating func addGraph(
        id: String? = nil,
        name: String,
        status: SimulatedGraph.Status = .running,
        tags: [(key: String, value: String)] = [],
        placement: Placement? = nil,
        age: Duration = .zero,
        productType: String = "InMemory",
        pastJobs: Int? = nil,
        at now: Timestamp
    ) -> String? {
        guard Self.isGraphName(name), id.map(Self.isGraphID) ?? true else { return nil }
        let id = id ?? random.ids.uuid()
        var graph = SimulatedGraph(id: id, name: name, status: status, created: now - age)
        graph.tags = tags
        graph.productType = productType
        graph.placement = placement ?? Placement(privateIP: configuration.host)
        guard insert(graph) else { return nil }
        let usual = age >= Self.longestPast ? configuration.pastJobs : 0
        addPastJobs(pastJobs ?? usual, to: graph, at: now)
        return id
    }

    /// The oldest past jobs are no older.
    private static let longestPast = Duration.seconds(20 * 86_400)

    /// Makes a graph hang from now on, whatever its state.
    /// - Parameter restartsToHeal: 1 for a hang that one restart heals, nil for one that none
    ///   heals.
    ///   - manner: how an unresponsive graph behaves.
    ///   - answers: the operations that it still answers.
    @discardableResult
    package mutating func hang(
        _ id: String,
        _ hangClass: HangKind,
        restartsToHeal: Int? = 1,
        manner: DataPlaneManner = .silent,
        answers: Set<Operation> = [],
        at now: Timestamp
    ) -> Bool {
        let phase = StatusTimeline.Phase(begin: now, status: hangClass.status)
        let found = update(id) { graph in
            graph.timeline.replan(at: now, [phase])
            graph.hang = Hang(
                hangClass: hangClass,
                since: now,
                restartsToHeal: restartsToHeal.map { max(1, $0) },
                manner: manner,
                answers: answers
            )
        }
        if found, let kind = WorkKind(hangClass) {
            addWork(kind, to: id, begin: now, course: .stalled(percent: Self.stalledPercent))
        }
        return found
    }

    /// Adds a task without progress that causes the current hang: its end heals the graph too.
    mutating func blameTask(of id: String, type: String, at now: Timestamp) {
        let course = SimulatedTask.Course.stalled(percent: Self.stalledPercent)
        guard let task = addTask(id, type: type, course: course, at: now) else { return }
        update(id) { $0.hang?.causeID = task }
    }

    /// Ends a hang and every other fault of the graph without a restart.
    @discardableResult
    package mutating func heal(_ id: String, at now: Timestamp) -> Bool {
        guard update(id, { $0.failTasks(at: now, reason: "The task was ended.") }) else {
            return false
        }
        failOpenJobs(ofGraph: id, at: now, reason: "The job was ended.")
        return update(id) { graph in
            graph.hang = nil
            graph.answerAgain()
            graph.timeline.replan(
                at: now,
                [StatusTimeline.Phase(begin: now, status: .running)]
            )
        }
    }

    /// Sets a status that stays until something else changes it.
    @discardableResult
    package mutating func setStatus(
        _ id: String,
        _ status: SimulatedGraph.Status,
        at now: Timestamp
    ) -> Bool {
        update(id) { graph in
            graph.hang = nil
            graph.timeline.replan(at: now, [StatusTimeline.Phase(begin: now, status: status)])
        }
    }

    /// Sets how the data plane behaves while the graph is up.
    @discardableResult
    package mutating func setManner(_ id: String, _ manner: DataPlaneManner) -> Bool {
        update(id) { $0.manner = manner }
    }

    /// Sets how single operations of the data plane behave while the graph is up.
    @discardableResult
    package mutating func setManner(
        _ id: String,
        _ manner: DataPlaneManner,
        of operations: some Sequence<Operation>
    ) -> Bool {
        update(id) { graph in
            for operation in operations { graph.manners[operation] = manner }
        }
    }

    /// Lets somebody else answer at an address of the graph; nil for the graph again.
    @discardableResult
    package mutating func setOccupant(
        _ id: String,
        of kind: AddressKind,
        _ occupant: Occupant?
    ) -> Bool {
        update(id) { $0.occupants[kind] = occupant }
    }

    @discardableResult
    package mutating func setQueryLoad(_ id: String, _ load: QueryLoad?) -> Bool {
        update(id) { $0.queryLoad = load }
    }

    @discardableResult
    package mutating func setTags(
        _ id: String,
        _ tags: [(key: String, value: String)]
    ) -> Bool {
        update(id) { $0.tags = tags }
    }

    /// Moves a graph to other addresses.
    @discardableResult
    package mutating func setPlacement(_ id: String, _ placement: Placement) -> Bool {
        update(id) { $0.placement = placement }
    }

    /// Adds a job of the management plane that somebody else started; the status does not change.
    ///
    /// - Parameters:
    ///   - duration: nil for a job that never ends.
    ///   - failure: why it fails at its end; nil for success.
    @discardableResult
    package mutating func addJob(
        _ id: String,
        name: String,
        lasting duration: Duration?,
        failure: String? = nil,
        at now: Timestamp
    ) -> Bool {
        guard let graph = graph(id) else { return false }
        var job = newJob(name, for: graph, at: now)
        job.runs = now
        job.end = duration.map { now + $0 }
        if let failure { job.outcome = .failed(reason: failure) }
        insert(job)
        return true
    }

    /// Makes the management plane report outdated statuses.
    @discardableResult
    package mutating func setStatusLag(_ id: String, _ lag: Duration) -> Bool {
        update(id) { $0.statusLag = max(.zero, lag) }
    }

    /// Runs a healthy task with progress; the graph has the status of its kind for `duration`.
    /// - Parameter step: how often its progress changes; nil for evenly.
    @discardableResult
    package mutating func beginWork(
        _ id: String,
        _ kind: WorkKind,
        lasting duration: Duration,
        step: Duration? = nil,
        at now: Timestamp
    ) -> Bool {
        let end = now + duration
        let found = update(id) { graph in
            graph.hang = nil
            graph.timeline.replan(
                at: now,
                [
                    StatusTimeline.Phase(begin: now, status: kind.status),
                    StatusTimeline.Phase(begin: end, status: .running),
                ]
            )
        }
        if found { addWork(kind, to: id, begin: now, course: .finishing(at: end, step: step)) }
        return found
    }

    /// Makes every running task of a graph stand still; a graph with such a status hangs from now
    /// on, until a restart.
    @discardableResult
    package mutating func stall(_ id: String, at now: Timestamp) -> Bool {
        guard let graph = graph(id) else { return false }
        let status = graph.status(at: now)
        runOpenJobsForever(ofGraph: id, at: now)
        return update(id) { graph in
            graph.stallTasks(at: now)
            graph.timeline.replan(at: now, [])
            graph.hang = HangKind.allCases.first { $0 != .unresponsive && $0.status == status }
                .map { Hang(hangClass: $0, since: now, restartsToHeal: 1) }
        }
    }

    /// Adds a task of this type inside the graph, such as a runaway algorithm; the status stays.
    @discardableResult
    package mutating func addTask(
        _ id: String,
        type: String,
        course: SimulatedTask.Course,
        at now: Timestamp
    ) -> String? {
        let taskID = newJobID()
        let task = SimulatedTask(id: taskID, type: type, begin: now, course: course)
        return update(id) { $0.add(task) } ? taskID : nil
    }

    /// Issues a token as if for the right password, for clients that are given one.
    package mutating func issueToken(at now: Timestamp) -> String {
        identity.issue(at: now, trueLife: nil, with: &random.credentials).text
    }

    /// Refuses all tokens and temporary keys issued so far.
    package mutating func revokeTokens() {
        identity.revokeAll()
        keys.revokeTemporary()
        credentialsChanged()
    }

    /// Accepts only this password from now on; tokens are revoked, as after a real change.
    package mutating func changePassword(to password: String) {
        identity.password = password
        identity.revokeAll()
        credentialsChanged()
    }

    /// Adds the task inside the graph and the management plane's job with the same id.
    mutating func addWork(
        _ kind: WorkKind,
        to id: String,
        begin: Timestamp,
        course: SimulatedTask.Course
    ) {
        guard let graph = graph(id) else { return }
        var job = newJob(kind.taskType, for: graph, at: begin)
        job.runs = begin
        if case .finishing(let end, _) = course { job.end = end }
        insert(job)
        let task = SimulatedTask(id: job.id, type: kind.taskType, begin: begin, course: course)
        update(id) { $0.add(task) }
    }

    static func isGraphName(_ name: String) -> Bool {
        (4...64).contains(name.utf8.count) && (name.first?.isASCIILetter ?? false)
            && name.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == "_" }
    }

    static func isGraphID(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == "-" }
    }
}

extension Character {
    var isASCIILetter: Bool { isASCII && isLetter }
    var isASCIIDigit: Bool { isASCII && isNumber }
}
