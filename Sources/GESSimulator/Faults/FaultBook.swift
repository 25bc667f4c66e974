package import Time

/// Which requests a fault meets; a field that is nil meets all.
package struct FaultMatch: Hashable, Sendable {
    package var service: CloudService?
    package var operation: Operation?
    /// A graph's id, also for its data plane.
    package var graphID: String?

    package init(service: CloudService? = nil, operation: Operation? = nil, graphID: String? = nil)
    {
        self.service = service
        self.operation = operation
        self.graphID = graphID
    }

    func meets(_ service: CloudService, _ operation: Operation, graphID: String?) -> Bool {
        (self.service == nil || self.service == service)
            && (self.operation == nil || self.operation == operation)
            && (self.graphID == nil || self.graphID == graphID)
    }
}

/// A fault with its reach.
package struct ScheduledFault: Hashable, Sendable {
    package var fault: Fault
    package var match: FaultMatch
    /// Whether a request that the fault answers (or leaves unanswered) is carried out all the same.
    package var carriedOut: Bool
    /// Requests that pass unharmed first.
    package var skip: Int
    /// Requests that it meets before it is used up; nil: no end.
    package var count: Int?
    /// nil: no end.
    package var until: Timestamp?
    /// Of the requests that match, the part that it meets, 0 to 1, drawn from the cloud's seed.
    package var probability: Double

    package init(
        _ fault: Fault,
        on match: FaultMatch = FaultMatch(),
        carriedOut: Bool = false,
        skip: Int = 0,
        count: Int? = nil,
        until: Timestamp? = nil,
        probability: Double = 1
    ) {
        self.fault = fault
        self.match = match
        self.carriedOut = carriedOut
        self.skip = skip
        self.count = count
        self.until = until
        self.probability = probability
    }
}

/// The faults that meet one request, at most one of each aspect.
struct AppliedFaults: Sendable {
    private(set) var faults: [Fault.Aspect: ScheduledFault] = [:]

    mutating func add(_ fault: ScheduledFault) {
        faults[fault.fault.aspect] = fault
    }

    func has(_ aspect: Fault.Aspect) -> Bool {
        faults[aspect] != nil
    }

    subscript(aspect: Fault.Aspect) -> Fault? {
        faults[aspect]?.fault
    }

    /// Whether the request stays undone.
    var preempt: Bool {
        faults.values.contains { $0.fault.canPreempt && !$0.carriedOut }
    }

    /// In the order of the aspects.
    var names: [String] {
        Fault.Aspect.allCases.compactMap { faults[$0]?.fault.name }
    }

    var course: RestartCourse {
        guard case .restart(let course) = self[.course] else { return .runs }
        return course
    }

    var clockError: Duration {
        guard case .wrongClock(let error) = self[.clock] else { return .zero }
        return error
    }

    var pageShift: Int {
        guard case .shiftedPage(let shift) = self[.page] else { return 0 }
        return shift
    }

    var total: Int? {
        guard case .wrongTotal(let total) = self[.total] else { return nil }
        return total
    }

    var tokenLife: Duration? {
        guard case .tokenDiesAfter(let life) = self[.token] else { return nil }
        return life
    }
}

/// The scheduled faults, in the order of their scheduling.
package struct FaultBook: Sendable {
    package private(set) var scheduled: [(id: Int, fault: ScheduledFault)] = []
    private var lastID = 0

    private static let scheduledMaximum = 1000

    /// The fault's number, for `cancel`; nil when a thousand are scheduled already.
    @discardableResult
    package mutating func schedule(_ fault: ScheduledFault) -> Int? {
        guard scheduled.count < Self.scheduledMaximum else { return nil }
        lastID += 1
        scheduled.append((lastID, fault))
        return lastID
    }

    package mutating func cancel(_ id: Int) -> Bool {
        let before = scheduled.count
        scheduled.removeAll { $0.id == id }
        return scheduled.count < before
    }

    package mutating func cancelAll() {
        scheduled = []
    }

    /// Whether any fault is in the way of such a request, or would count it.
    func mayMeet(
        _ service: CloudService,
        _ operation: Operation,
        graphID: String?,
        at now: Timestamp
    ) -> Bool {
        scheduled.contains { _, fault in
            (fault.until.map { now < $0 } ?? true)
                && fault.match.meets(service, operation, graphID: graphID)
        }
    }

    /// The faults that meet this request; those with a count lose one.
    mutating func take(
        for route: CloudRoute,
        graphID: String?,
        at now: Timestamp,
        with generator: inout SeededGenerator
    ) -> AppliedFaults {
        scheduled.removeAll { $0.fault.until.map { $0 <= now } ?? false }
        var applied = AppliedFaults()
        for index in scheduled.indices {
            let fault = scheduled[index].fault
            guard !applied.has(fault.fault.aspect),
                fault.match.meets(route.service, route.operation, graphID: graphID)
            else { continue }
            if fault.skip > 0 {
                scheduled[index].fault.skip -= 1
                continue
            }
            if fault.probability < 1,
                Double.random(in: 0..<1, using: &generator) >= fault.probability
            {
                continue
            }
            if let count = fault.count { scheduled[index].fault.count = count - 1 }
            applied.add(fault)
        }
        scheduled.removeAll { $0.fault.count == 0 }
        return applied
    }
}
