import GES
import JSON
import Time

/// What was seen of lists: how they are cut into pages, and their order.
struct ListFacts: AssumptionFacts {
    private struct Page {
        var ids: [String]
        var total: Int64?
    }

    /// The pages of two entries that are read for this, by offset.
    private var pages: [Int: Page] = [:]
    /// The most graphs on one page.
    private var mostGraphs = 0
    private var ordered = 0
    private var disordered: String?

    static let examinedLimit = 2

    mutating func observe(_ exchange: ObservedExchange, _ terms: AssumptionReport.Terms) {
        guard let document = exchange.document else { return }
        switch exchange.operation {
        case .listGraphs(let offset, let limit):
            let entries = document["graphs"]?.arrayValue ?? []
            mostGraphs = max(mostGraphs, entries.count)
            guard limit == Self.examinedLimit, offset <= 1 else { return }
            let total = (document["graph_count"] ?? document["graphCount"])?.integerValue
            pages[offset] = Page(
                ids: entries.prefix(limit + 1).compactMap { $0.shortText("id") },
                total: total
            )
        case .listJobs:
            let entries = (document["job_list"] ?? document["jobList"])?.arrayValue ?? []
            note(order: entries.compactMap { Job($0)?.beginTime })
        default: break
        }
    }

    private mutating func note(order times: [Timestamp]) {
        guard times.count > 1 else { return }
        let later = zip(times, times.dropFirst()).first { $0 < $1 }
        if let later {
            disordered = disordered ?? "\(later.1) stands after \(later.0)"
        } else {
            ordered += 1
        }
    }

    func findings(_ terms: AssumptionReport.Terms) -> [AssumptionFinding] {
        var found = [offset, total].compactMap(\.self)
        if let disordered {
            found.append(AssumptionFinding(.jobOrder, .didNotHold, disordered))
        } else if ordered > 0 {
            found.append(AssumptionFinding(.jobOrder, .held, "in each of \(ordered) lists"))
        }
        return found
    }

    /// Of the graphs a, b and c, offset 1 begins with b if it counts entries, and with c if it
    /// counts pages of two.
    private var offset: AssumptionFinding? {
        guard let first = pages[0], let second = pages[1] else { return nil }
        guard first.ids.count == Self.examinedLimit else {
            let what = first.ids.count < Self.examinedLimit ? "fewer" : "more"
            return AssumptionFinding(.offset, .notSeen, "a page of two had \(what) graphs")
        }
        switch second.ids.first {
        case first.ids[1]:
            return AssumptionFinding(.offset, .held, "offset 1 begins with the second graph")
        case first.ids[0]:
            return AssumptionFinding(.offset, .didNotHold, "offset 1 begins with the first graph")
        case nil: return AssumptionFinding(.offset, .didNotHold, "offset 1 has no graph")
        case .some:
            return AssumptionFinding(.offset, .didNotHold, "offset 1 begins after the first page")
        }
    }

    private var total: AssumptionFinding? {
        guard let page = pages[0], mostGraphs > Self.examinedLimit else { return nil }
        guard let total = page.total else {
            return AssumptionFinding(.total, .didNotHold, "the list states no total")
        }
        return AssumptionFinding(
            .total,
            total >= Int64(mostGraphs),
            "a page of two states \(total), and \(mostGraphs) graphs were listed"
        )
    }
}
