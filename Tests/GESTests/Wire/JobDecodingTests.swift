import JSON
import Testing

@testable import GES
import Time

@Suite("Jobs are parsed in both dialects")
struct JobDecodingTests {
    private static let v1: JSONValue = [
        "jobId": "ff80808167f09aaa0167f19b35ec0305", "status": "success",
        "jobType": "GraphManagement", "jobName": "ImportGraph", "relatedGraph": "GES_UI_AUTO",
        "beginTime": "2018-11-27T21:39:00", "endTime": "2018-11-27 21:39:56",
        "jobDetail": ["vertexsetPath": .null], "jobProgress": 0, "errorCode": "",
        "errorMessage": .null,
    ]
    private static let v2: JSONValue = [
        "job_id": "ff80808167f09aaa0167f19b35ec0305", "status": "success",
        "job_type": "GraphManagement", "job_name": "ImportGraph", "related_graph": "GES_UI_AUTO",
        "begin_time": "2018-11-27 21:39:00", "end_time": "2018-11-27T21:39:56",
    ]

    @Test("both dialects describe the same job", arguments: [v1, v2])
    func bothDialects(value: JSONValue) {
        var expected = Job(id: "ff80808167f09aaa0167f19b35ec0305", status: .success)
        expected.type = "GraphManagement"
        expected.name = "ImportGraph"
        expected.relatedGraph = "GES_UI_AUTO"
        expected.beginTime = Timestamp(milliseconds: 1_543_354_740_000)
        expected.endTime = Timestamp(milliseconds: 1_543_354_796_000)
        #expect(Job(value) == expected)
    }

    @Test(
        "every status is parsed in its dialect's spelling",
        arguments: [
            ("pending", .pending), ("waiting", .pending),
            ("running", .running), ("success", .success), ("failed", .failed),
            ("partiallyFailed", .partiallyFailed), ("Success", .success),
            ("paused", .other("paused")),
        ] as [(String, Job.Status)]
    )
    func statusWords(word: String, status: Job.Status) {
        #expect(Job(["job_id": "j", "status": .string(word)])?.status == status)
    }

    private static func files(_ lines: (status: String?, successful: JSONValue)...) -> JSONValue {
        [
            "job_id": "j", "status": "running",
            "job_detail": [
                "edgeset_path": .array(
                    lines.map { line in
                        [
                            "status": line.status.map { .string($0) } ?? .null,
                            "successful_lines": line.successful,
                        ]
                    }
                ),
                "vertexset_path": .null,
            ],
        ]
    }

    @Test(
        "the progress of a job counts something only if it would change with each step",
        arguments: [
            (["job_id": "j", "status": "running"], nil, false),
            (["job_id": "j", "status": "running", "job_progress": 0], nil, false),
            (["job_id": "j", "status": "running", "job_progress": 12.5], "12.5", true),
            (files(("success", -1)), "success -1", false),
            (files(("success", 800)), "success 800", false),
            (files(("partFailed", 800), ("failed", 0)), "partFailed 800, failed 0", false),
            (files(("success", 800), ("running", 100)), "success 800, running 100", true),
            (files((nil, 100)), " 100", true), (files((nil, -1)), nil, false),
        ] as [(JSONValue, String?, Bool)]
    )
    func progress(value: JSONValue, text: String?, isCounted: Bool) {
        #expect(Job(value)?.progressText == text)
        #expect(Job(value)?.isProgressCounted == isCounted)
    }

    @Test(
        "a job without id or status is refused",
        arguments: [["job_id": "j"], ["status": "running"]]
    )
    func essentials(value: JSONValue) {
        #expect(Job(value) == nil)
    }

    @Test("the filters are spelt as each dialect requires", arguments: APIVersion.allCases)
    func filters(version: APIVersion) {
        let day = Timestamp(milliseconds: 1_735_787_045_000)
        let items = version.jobFilter(
            JobFilter(graphName: "demo", status: .pending, from: day, through: day)
        )
        let (from, to) = version == .v1 ? ("startTime", "endTime") : ("start_time", "end_time")
        #expect(
            items == [
                .init("graph_name", "demo"), .init("status", "waiting"), .init(from, "2025-01-02"),
                .init(to, "2025-01-02"),
            ]
        )
        #expect(version.jobFilter(JobFilter()).isEmpty)
    }
}
