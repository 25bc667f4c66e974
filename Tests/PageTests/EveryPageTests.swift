import Cycle
import Remediation
import Testing
import Time
import URI

@Suite("Every page")
struct EveryPageTests {
    private static let paths = [
        "/", "/graphs", "/incidents", "/approvals", "/alerts", "/rules", "/remediations",
        "/history", "/config", "/status", "/search", "/search?q=a",
    ]

    /// What somebody may have named a graph.
    enum Word: String, CaseIterable {
        case plain, hostile, long

        var text: String {
            switch self {
            case .plain: "plain"
            case .hostile: BusyAgent.hostile
            // 10 kB
            case .long: String(repeating: "<b>\u{202E}/", count: 1_400)
            }
        }
    }

    /// The pages of an agent whose graphs, alerts and people have this word in their names.
    private static func busy(_ word: String) throws -> (site: Site, targets: [String]) {
        let agent = try BusyAgent(word)
        var records = Records()
        records.timeLines = [FullIncident.timeLine(word)] + agent.timeLines
        records.lines = agent.lines
        let trouble = Trouble("blind", word, remedy: word, since: BusyAgent.start)
        let site = Site(agent.status, records, series: agent.series, troubles: [trouble])
        let graphs = [agent.restarting, agent.asking].map {
            "/graphs/" + PercentEncoding.encode($0)
        }
        let incidents = records.timeLines.map {
            "/incidents/" + PercentEncoding.encode($0.record.id)
        }
        let filter = FormEncoding.encode(word)
        let filtered = [
            "/incidents?graph_id=\(filter)&since=\(filter)", "/alerts?name=\(filter)",
            "/rules?name=\(filter)", "/history?graph_id=\(filter)&kind=\(filter)",
            "/search?q=\(filter)x",
        ]
        return (site, paths + graphs + incidents + filtered)
    }

    @Test(
        "is well-formed, labelled, without a dead link, and shows words from outside as text",
        arguments: Word.allCases
    )
    func busyAgent(word: Word) async throws {
        let (site, targets) = try Self.busy(word.text)
        for target in targets {
            let page = try await site.page(target)
            Self.expectSound(page, target)
            Self.expectEscaped(page, target)
            for link in page.links(from: target) where !site.leads(link) {
                Issue.record("\(target) links to \(link)")
            }
        }
    }

    @Test("is there before the first step and without anything to show")
    func emptyAgent() async throws {
        for acceptsOrders in [false, true] {
            let site = Site(.starting, acceptsOrders: acceptsOrders)
            for target in Self.paths {
                let page = try await site.page(target)
                Self.expectSound(page, target)
                for link in page.links(from: target) {
                    #expect(site.leads(link), "\(target) links to \(link)")
                }
            }
        }
    }

    @Test("says so if the records cannot be read")
    func unreadableRecords() async throws {
        var records = Records()
        records.isUnreadable = true
        let site = Site(.starting, records)
        for target in ["/incidents", "/history"] {
            #expect(try await site.page(target).text.contains("cannot be read"), "\(target)")
        }
        let incident = try await site.page("/incidents/none", status: 503)
        #expect(incident.text.contains("none cannot be read now"))
        #expect(try await site.page("/search?q=none").text.contains("matches “none”"))
        var calm = Status.starting
        calm.troubles = []
        let now = try await Site(calm, records).page("/")
        #expect(now.text.contains("The incidents cannot be read"))
        #expect(now.all("p").allSatisfy { $0.attributes["class"] != "calm" })
    }

    // MARK: What holds for every page

    private static func expectEscaped(_ page: Page, _ target: String) {
        #expect(page.all("script").count == 1, "\(target)")
        #expect(!page.html.contains("<b>\\u202e"), "\(target)")
        let isRaw = page.html.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{1B}" }
        #expect(!isRaw, "\(target) shows an unsafe character as it is")
        let handlers = page.elements.flatMap(\.attributes.keys).filter {
            $0.hasPrefix("on") || $0 == "style"
        }
        #expect(handlers.isEmpty, "\(target)")
    }

    private static func expectSound(_ page: Page, _ target: String) {
        let ids = page.elements.compactMap { $0.attributes["id"] }
        let twice = Dictionary(grouping: ids) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        #expect(twice.isEmpty, "\(target): ids that are not unique")
        #expect(page.all("h1").count == 1, "\(target)")
        let levels = page.elements.compactMap { element in
            ["h1": 1, "h2": 2, "h3": 3][element.name]
        }
        for (level, next) in zip(levels, levels.dropFirst()) {
            #expect(next <= level + 1, "\(target): heading h\(next) follows h\(level)")
        }
        #expect(page.all("th").allSatisfy { $0.attributes["scope"] != nil }, "\(target)")
        let labelled = Set(page.all("label").compactMap { $0.attributes["for"] })
        for name in ["input", "select", "textarea"] {
            for field in page.all(name) where field.attributes["type"] != "hidden" {
                let isLabelled =
                    field.around.contains("label")
                    || labelled.contains(field.attributes["id"] ?? "")
                #expect(isLabelled, "\(target): \(field.attributes)")
            }
        }
        for section in page.all("section") {
            let name = section.attributes["aria-labelledby"] ?? ""
            #expect(ids.contains(name), "\(target): the section \(name) has no name")
        }
    }
}
