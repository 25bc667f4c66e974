package import Time

/// The requests that a fault applies to; a nil field matches all.
package struct FaultMatch: Hashable, Sendable {
    package var service: CloudService?
    package var operation: Operation?
    /// A graph's id; it also matches requests to its data plane.
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

/// A fault, the requests it applies to, and for how long.
package struct ScheduledFault: Hashable, Sendable {
    package var fault: Fault
    package var match: FaultMatch
    /// Whether a request is carried out even though the fault replaces or drops the answer.
    package var carriedOut: Bool
    /// Number of matching requests that are let through first.
    package var skip: Int
    /// Number of requests that it applies to; nil for no limit.
    package var count: Int?
    /// nil for no end.
    package var until: Timestamp?
    /// The fraction of matching requests that it applies to, 0 to 1, drawn from the cloud's seed.
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

/// The faults that apply to one request, at most one of each aspect.
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

    /// Whether the request is not carried out.
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

    var listLie: Fault.ListLie {
        guard case .list(let lie) = self[.list] else { return .none }
        return lie
    }

    var tokenLife: Duration? {
        guard case .tokenDiesAfter(let life) = self[.token] else { return nil }
        return life
    }
}

/// The scheduled faults, in the order in which they were scheduled.
package struct FaultBook: Sendable {
    package private(set) var scheduled: [(id: Int, fault: ScheduledFault)] = []
    private var lastID = 0

    private static let scheduledMaximum = 1000

    /// Returns the fault's number, for `cancel`; nil if a thousand are scheduled already.
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

    /// Whether any fault applies to such a request, or would count it.
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

    /// Returns the faults that apply to this request and decrements their counts.
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
