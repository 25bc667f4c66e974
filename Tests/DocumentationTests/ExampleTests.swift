import Foundation
import Testing

/// The answers in the HTTP API page against those of a running agent, and its metrics.
@Suite("A running agent", .serialized)
struct ExampleTests {
    @Test("answers as the HTTP API page shows, with the metrics that the page lists")
    func answers() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "graphwarden-examples-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.writeFiles(to: folder)
        let ports = try FreePorts.take(4).map { "\($0)" }
        let log = try await Shell.run(
            ["timeout", "110", "bash", "script", ports[0], ports[1], ports[2], ports[3]],
            in: folder
        )
        var count = 0
        for block in try Document.page("HTTPAPI").blocks where block.language == "json" {
            let request = try #require(Document.codes(in: block.before).first, "\(block.text)")
            let name = Self.fileName(request)
            let file = folder.appending(path: name)
            let data = try #require(try? Data(contentsOf: file), "\(request): no \(name)\n\(log)")
            let real = try JSONSerialization.jsonObject(with: data)
            let shown = try JSONSerialization.jsonObject(with: Data(block.text.utf8))
            // Of the flags, the page shows a few.
            let isPart = request.hasSuffix("/flags")
            for difference in Shape.differences(shown, real, isPart: isPart) {
                Issue.record("\(request): \(difference)\n\(String(decoding: data, as: UTF8.self))")
            }
            count += 1
        }
        #expect(count >= 22)
        try Self.compareMetrics(folder)
    }

    /// `GET /api/v1/graphs/ID` has the file `GET_graphs_ID`.
    private static func fileName(_ request: String) -> String {
        String(request.prefix { $0 != "?" }).replacing("/api/v1/", with: "").replacing(
            " ",
            with: "_"
        )
        .replacing("/", with: "_")
    }

    private static func compareMetrics(_ folder: URL) throws {
        let text = try String(contentsOf: folder.appending(path: "metrics"), encoding: .utf8)
        let families = Set(text.matches(of: /(?m)^# TYPE (\S+)/).map { String($0.1) })
        let page = try Document.page("Metrics")
        let sections = ["Graphs", "Agent", "Process"]
        let listed = Set(try sections.flatMap { try page.words(in: $0) }.filter { !$0.isEmpty })
        #expect(families.count > 60)
        #expect(families.isSubset(of: listed), "\(families.subtracting(listed))")
        let process = Set(try page.table(in: "Process").map { Document.codes(in: $0[0])[0] })
        #expect(process.isSubset(of: families), "\(process.subtracting(families))")
    }

    /// The files of Getting started, in mode approve and with a webhook.
    private static func writeFiles(to folder: URL) throws {
        let commands = try Document.page("GettingStarted").blocks.filter {
            $0.language == "sh" && $0.text.contains("<<'EOF'")
        }
        // Without the checks, which need a cloud.
        let files = commands.map(\.text).joined().split(separator: "\n").filter {
            !$0.hasPrefix("graphwarden ")
        }.joined(separator: "\n")
        let script = """
            set -eu
            trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
            \(files)
            \(requests)
            """
        try script.write(
            to: folder.appending(path: "script"),
            atomically: true,
            encoding: .utf8
        )
    }

    private static let requests = #"""
        sed -i "s/18081/$1/g; s/18082/$2/g; s/mode: shadow/mode: approve/" graphwarden.yml
        (umask 077 && echo 0123456789abcdef0123 > token)
        echo 'webhook: {alerts: [GraphHung], token_file: token}' >> graphwarden.yml
        graphwarden simulate --time-scale=0.01 --management-port=$1 --data-plane-port=$2 \
          --control-port=$3 &
        export GRAPHWARDEN_URL=http://127.0.0.1:$4
        graphwarden run --config.file=graphwarden.yml --web.config.file=web.yml \
          --web.enable-admin-api --web.listen-address=127.0.0.1:$4 &
        api=$GRAPHWARDEN_URL/api/v1
        get() { curl -gsS --user alice:Trial-Password-1 "$api/$1" > "GET_$2"; }
        post() {
          curl -sS --user alice:Trial-Password-1 -H 'Content-Type: application/json' \
            -d "$2" "$api/$1" > "POST_$(echo "$1" | tr / _)"
        }
        until curl -fs $GRAPHWARDEN_URL/-/ready; do sleep 0.2; done
        curl -fsS -d '{}' http://127.0.0.1:$3/control/graphs/prod_genome/hang
        until graphwarden graphs --state awaiting_approval --no-headers --user=alice \
          --password-file=alice | grep prod_genome > row; do sleep 0.2; done
        id=$(awk '{ print $2 }' row)
        for path in status graphs rules alerts targets history history/verify status/buildinfo \
          status/config status/flags status/runtimeinfo; do
          get $path "$(echo $path | tr / _)"
        done
        get 'query?query=ges_graph_up' query
        get graphs/$id graphs_ID
        get graphs/$id/why graphs_ID_why
        other=$(grep -o '"id":"[^"]*","name":"staging_accounts"' GET_graphs | cut -d '"' -f 4)
        order='"by": "alice@host", "reason": "trial"'
        of='"scope": "graph", "graph_id": "'$other'"'
        post admin/pause '{"id": "1", '"$order, $of"', "for": "2h"}'
        get pauses pauses
        post admin/resume '{"id": "2", '"$order, $of"'}'
        post admin/restart '{"id": "3", '"$order"', "graph_id": "'$other'"}'
        curl -sS -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' \
          $api/alertmanager -d '{"version": "4", "status": "firing", "receiver": "graphwarden",
            "alerts": [{"status": "firing", "labels": {"alertname": "GraphHung",
            "graph_id": "'$id'", "remediate": "restart", "hang": "unresponsive"},
            "annotations": {"summary": "does not answer"}, "startsAt": "2026-11-28T21:17:26Z",
            "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "0a1b2c3d4e5f6071"}]}' \
          > POST_alertmanager
        get alerts/received alerts_received
        until graphwarden graphs --state awaiting_approval --no-headers --user=alice \
          --password-file=alice | grep prod_genome > row; do sleep 0.2; done
        post admin/approve '{"id": "4", '"$order"', "graph_id": "'$id'"}'
        until get remediations remediations && grep '"verified"' GET_remediations; do
          sleep 0.2
        done
        get scorecard scorecard
        get incidents incidents
        get "incidents/$(grep -o '"id":"[^"]*"' GET_incidents | head -n 1 | cut -d '"' -f 4)" \
          incidents_ID
        curl -sS --user alice:Trial-Password-1 $GRAPHWARDEN_URL/metrics > metrics
        """#
}
