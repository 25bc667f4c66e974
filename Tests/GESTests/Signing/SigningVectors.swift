@testable import GES
import Testing
import Time

/// Requests and their signatures by the official SDK (huaweicloudsdkcore 3.1.219,
/// `signer/signer.py`), all with the same key at the same second.
struct SigningVector: Sendable, CustomTestStringConvertible {
    let fact: String
    let method: String
    let url: String
    let headers: [String: String]
    var body = ""
    let signedHeaders: String
    let signature: String

    var testDescription: String { fact }
}

extension SigningVector {
    static let accessKeyID = "AKIDEXAMPLE000000001"
    static let secretAccessKey = "SkExampleSecretKey0123456789abcdefABCDEF"
    static let securityToken = "gQpjbi1ub3J0aC00jEXAMPLETOKEN"
    /// 2025-01-02T03:04:05Z
    static let time = Timestamp(milliseconds: 1_735_787_045_000)

    private static let project = "0123456789abcdef0123456789abcdef"
    private static let graphs = "https://ges.cn-north-4.myhuaweicloud.com/v2/\(project)/graphs"
    private static let graph = "f1529b88-c958-493e-8452-fccfe932cde1"
    private static let json = ["Content-Type": "application/json"]
    private static let sdkHeaders = ["Content-Type": "application/json", "X-Project-Id": project]

    static let all: [SigningVector] = [
        SigningVector(
            fact: "host and date alone are enough",
            method: "GET",
            url: graphs,
            headers: [:],
            signedHeaders: "host;x-sdk-date",
            signature: "c053b6b5d7473ca9be5ba3019e075434905e669ef222311558db311f63d36051"
        ),
        SigningVector(
            fact: "the query is sorted by name",
            method: "GET",
            url: "\(graphs)?limit=10&offset=0",
            headers: sdkHeaders,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "fe687895a68441b64d6ce992e0519498c46659add1c10e41ce2ec984e99586d3"
        ),
        SigningVector(
            fact: "a v1 restart has no body",
            method: "POST",
            url: "https://ges.cn-north-4.myhuaweicloud.com/v1.0/\(project)"
                + "/graphs/\(graph)/action?action_id=restart",
            headers: sdkHeaders,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "936ddd4c6e52fe8a854f48a6baee7e23487dd69020a5dd50770568b0e16dba95"
        ),
        SigningVector(
            fact: "a v2 restart has no body",
            method: "POST",
            url: "\(graphs)/\(graph)/restart",
            headers: sdkHeaders,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "b977fc11f7202bb559b6653229172d4f7d453aee08a1ae48b702ffb80a207716"
        ),
        SigningVector(
            fact: "a body of two bytes is hashed",
            method: "POST",
            url: "\(graphs)/\(graph)/restart",
            headers: sdkHeaders,
            body: "{}",
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "8733ec19e8e4f526e23d12debbf4946ef178cc9dc62259bf3e09c310d0a75232"
        ),
        SigningVector(
            fact: "a JSON body is hashed",
            method: "POST",
            url: "\(graphs)/\(graph)/start",
            headers: sdkHeaders,
            body: #"{"graph_backup_id": "08a898ae-3ff8-40e8-a7ed-03afe05aedbb"}"#,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "6c8d91bf788d63fcca639c65bbd71bfe64ed860899b72df753e1a7fd0956e4fb"
        ),
        SigningVector(
            fact: "everything but letters, digits and -_.~ is encoded in the query",
            method: "GET",
            url: "\(graphs)/jobs?end_time=2025-01-02"
                + "&graph_name=%E5%9B%BE%20a%2Bb%26c%3Dd%2F%C3%A9~%2A%27%28%29%21"
                + "&limit=10&offset=0&start_time=2025-01-01&status=failed",
            headers: sdkHeaders,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "053e5e68a8c369f18a91341243ceaf44935fa6dffd5061e07da04817365b9186"
        ),
        SigningVector(
            fact: "parameters are sorted by name and value, an empty value keeps its =",
            method: "GET",
            url: "\(graphs)?B=3&a=&a.0=x%2Cy&b=1&b=2",
            headers: json,
            signedHeaders: "content-type;host;x-sdk-date",
            signature: "93ea8270e71284e6a865347bc6b4af34bcab7649355ff29ede3c18101dce5e28"
        ),
        SigningVector(
            fact: "the body is hashed as UTF-8",
            method: "POST",
            url: "https://ges.cn-north-4.myhuaweicloud.com/ges/v1.0/\(project)"
                + "/graphs/demo/action?action_id=execute-gremlin-query",
            headers: json,
            body: #"{"command":"g.V().has('name','莎拉').limit(1)"}"#,
            signedHeaders: "content-type;host;x-sdk-date",
            signature: "1dae8f61216de0d0b9c6f9a171a5cb05a49b97a7bc1078244f935228adf311b4"
        ),
        SigningVector(
            fact: "a port that is not the scheme's own is part of the host",
            method: "GET",
            url: "http://127.0.0.1:18080/v2/\(project)/graphs/\(graph)",
            headers: sdkHeaders,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "e66fe84f2689f685a64779c18fff03bdb2fd1bfada36f94ea1978d6674985280"
        ),
        SigningVector(
            fact: "the security token is an ordinary signed header",
            method: "GET",
            url: "\(graphs)/\(graph)",
            headers: sdkHeaders,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date;x-security-token",
            signature: "8027127aff8dd8eb335cb0a97382048677d3eadaa1b289ab0650aa548a180043"
        ),
        SigningVector(
            fact: "the path is decoded once, so an encoded slash becomes a real one",
            method: "GET",
            url: "\(graphs)/a%20b~c%2Fd/x+y",
            headers: json,
            signedHeaders: "content-type;host;x-sdk-date",
            signature: "ab10ef19da58db3dc3d36be0e5ead1a59a4d4ed20b6977a32d0e38982c9f9831"
        ),
        SigningVector(
            fact: "the root path stays /",
            method: "GET",
            url: "https://ges.cn-north-4.myhuaweicloud.com/",
            headers: [:],
            signedHeaders: "host;x-sdk-date",
            signature: "28858f7f3cbef50c789f2cb978330b5ee2dcb650daf334b203af07315cfc0b51"
        ),
        SigningVector(
            fact: "a path that ends in a slash gets no second one",
            method: "GET",
            url: "\(graphs)/",
            headers: [:],
            signedHeaders: "host;x-sdk-date",
            signature: "c053b6b5d7473ca9be5ba3019e075434905e669ef222311558db311f63d36051"
        ),
        SigningVector(
            fact: "values are trimmed, names with an underscore are not signed",
            method: "GET",
            url: graphs,
            headers: [
                "X-Language": "  en-us  ", "x_ignored": "zzz", "User-Agent": "ges-agent/1.0",
            ],
            signedHeaders: "host;user-agent;x-language;x-sdk-date",
            signature: "332a830d7f084f35e7904ca0163cc42683c9f637030a3a750469d55e587af32d"
        ),
        SigningVector(
            fact: "a comma in the query is encoded",
            method: "GET",
            url: "https://ces.cn-north-4.myhuaweicloud.com/V1.0/\(project)/metric-data"
                + "?dim.0=instance_id%2C\(graph)&filter=max&from=1735786800000"
                + "&metric_name=ges018_write_task_running_max_time&namespace=SYS.GES"
                + "&period=1&to=1735787100000",
            headers: sdkHeaders,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "c8c11faf1959b9aaf0602313c0e477bd2bb06b5561d6a747161d3406177b2014"
        ),
        SigningVector(
            fact: "a body for Cloud Eye is hashed",
            method: "POST",
            url: "https://ces.cn-north-4.myhuaweicloud.com/V1.0/\(project)/batch-query-metric-data",
            headers: sdkHeaders,
            body: #"{"metrics":[{"namespace":"SYS.GES","metric_name":"ges021_memory_usage","#
                + #""dimensions":[{"name":"instance_id","value":"\#(graph)"}]}],"#
                + #""period":"1","filter":"average","from":1735786800000,"to":1735787100000}"#,
            signedHeaders: "content-type;host;x-project-id;x-sdk-date",
            signature: "7fdbb35da0f5a4041ecf8cf0aecc62ab2b9b29852b035ac8cab8541c650c75a6"
        ),
        SigningVector(
            fact: "a stated payload hash is used as it is",
            method: "POST",
            url: "\(graphs)/\(graph)/restart",
            headers: [
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD",
            ],
            body: "a=b",
            signedHeaders: "content-type;host;x-sdk-content-sha256;x-sdk-date",
            signature: "f6d043361cb0f44a0f1457c72ba791731edd7165263896207017ad0b4f49b402"
        ),
        SigningVector(
            fact: "booleans are words",
            method: "GET",
            url: "https://192.168.0.4/ges/v1.0/\(project)/graphs/demo/om/metrics"
                + "?real_time=true&with_performance_metrics=false",
            headers: json,
            signedHeaders: "content-type;host;x-sdk-date",
            signature: "31480ed8fa6b0342b2ca075def5f1b471206fd9807e4e35d501b8a5736274f05"
        ),
        SigningVector(
            fact: "a job is deleted without a body",
            method: "DELETE",
            url: "https://192.168.0.4/ges/v1.0/\(project)/graphs/demo/jobs/"
                + "b4f2e9a0-0439-4edd-a3ad-199bb523b613",
            headers: json,
            signedHeaders: "content-type;host;x-sdk-date",
            signature: "e52a0937d6ee4b468da842eb6f1a43f05404181696e3f0cdf5f4687243a77afb"
        ),
    ]
}
