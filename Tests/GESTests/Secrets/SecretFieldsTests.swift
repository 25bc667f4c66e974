import Testing

@testable import GES

@Suite("Secrets in quoted texts are hidden by their names")
struct SecretFieldsTests {
    @Test(
        "in JSON, JSON in a string, forms, headers and URLs",
        arguments: [
            (#"{"secretKey":"planted"}"#, #"{"secretKey":"<secret>"}"#),
            (#"{"secret_key" : "planted", "n": 1}"#, #"{"secret_key" : "<secret>", "n": 1}"#),
            (#"{"SecretAccessKey":"pla\"nted","n":1}"#, #"{"SecretAccessKey":"<secret>","n":1}"#),
            (#"{"sk":"planted","ak":"planted"}"#, #"{"sk":"<secret>","ak":"<secret>"}"#),
            (#"{"x-auth-token":["planted","planted"],"n":1}"#, #"{"x-auth-token":<secret>,"n":1}"#),
            (#"{"credential":{"a":"planted}","b":1},"n":1}"#, #"{"credential":<secret>,"n":1}"#),
            (#"{"password":12345,"n":1}"#, #"{"password":<secret>,"n":1}"#),
            (#"{"b":"{\"sk\":\"planted\",\"n\":1}"}"#, #"{"b":"{\"sk\":\"<secret>\",\"n\":1}"}"#),
            (
                #"{"b":"{\"c\":\"{\\\"sk\\\":\\\"planted\\\"}\"}"}"#,
                #"{"b":"{\"c\":\"{\\\"sk\\\":\\\"<secret>\\\"}\"}"}"#
            ),
            (#"{"token":"planted"#, #"{"token":"<secret>"#),
            (#"{"token":{"a":"planted"#, #"{"token":<secret>"#),
            ("user=a&password=planted&n=1", "user=a&password=<secret>&n=1"),
            ("/f?Signature=planted&n=1", "/f?Signature=<secret>&n=1"),
            ("X-Auth-Token: planted\nHost: a", "X-Auth-Token: <secret>\nHost: a"),
            ("Authorization: Bearer planted", "Authorization: <secret>"),
            ("obs://u:planted@host/a", "obs://<secret>@host/a"),
            ("token:", "token:"),
            ("secret=\"", "secret=\"<secret>"),
            (#"{"secret\u004bey":"planted","n":1}"#, #"{"secret\u004bey":"<secret>","n":1}"#),
            (#"{"\u0073\u006B":"planted"}"#, #"{"\u0073\u006B":"<secret>"}"#),
            (
                #"{"b":"{\u0022sk\u0022:\u0022planted\u0022}"}"#,
                #"{"b":"{\u0022sk\u0022:\u0022<secret>\u0022}"}"#
            ),
            (#"{"q":"a=1\u0026sk=planted\u0026b=2"}"#, #"{"q":"a=1\u0026sk=<secret>"}"#),
            ("n=1&sk=pla%26nted%26planted&m=2", "n=1&sk=<secret>&m=2"),
            ("body=n%3D1%26sk%3Dplanted%26m%3D2&x=1", "body=n%3D1%26sk%3D<secret>%26m%3D2&x=1"),
            ("%7B%22sk%22%3A%22planted%22%7D", "%7B%22sk%22%3A%22<secret>%22%7D"),
            (
                #"[{"name":"password","value":"planted"}]"#,
                #"[{"name":"password","value":"<secret>"}]"#
            ),
            (#"{"value":"planted","key":"secretKey"}"#, #"{"value":"<secret>","key":"secretKey"}"#),
            (
                #"{"b":"[{\"value\":\"planted\",\"name\":\"sk\"}]"}"#,
                #"{"b":"[{\"value\":\"<secret>\",\"name\":\"sk\"}]"}"#
            ),
            (#"{"h":["X-Auth-Token","planted"]}"#, #"{"h":["X-Auth-Token","<secret>"]}"#),
            (
                "g.addV().property('password', 'planted')",
                "g.addV().property('password', '<secret>')"
            ),
            ("CREATE (u {password: 'planted', n: 1})", "CREATE (u {password: '<secret>', n: 1})"),
            ("SET u.password = 'it\\'s planted'", "SET u.password = '<secret>'"),
            (
                "MATCH (n) WHERE n.`api key` = 'x' AND n.`token`='planted'",
                "MATCH (n) WHERE n.`api key` = 'x' AND n.`token`='<secret>'"
            ),
            ("Authorization: Digest a=\"b\", response=\"planted\"", "Authorization: <secret>"),
            (
                #"curl -H 'Authorization: Digest a="b", response="planted"' -d 1"#,
                "curl -H 'Authorization: <secret>' -d 1"
            ),
            ("Cookie: a=planted; b=planted\nHost: h", "Cookie: <secret>\nHost: h"),
            ("curl -H 'Proxy: Bearer planted.planted'", "curl -H 'Proxy: Bearer <secret>'"),
            ("Basic cGxhbnRlZDpwbGFudGVk", "Basic <secret>"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nplanted\nplanted\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----<secret>-----END RSA PRIVATE KEY-----"
            ),
            ("-----BEGIN PRIVATE KEY-----\nplanted", "-----BEGIN PRIVATE KEY-----<secret>"),
            ("https://u:pla%2Fnted@host/a", "https://<secret>@host/a"),
        ]
    )
    func hidden(text: String, shown: String) {
        #expect(SecretFields.hidden(in: text) == shown)
        #expect(!SecretFields.hidden(in: text).contains("planted"))
    }

    @Test(
        "and what is no secret stays as it is",
        arguments: [
            "", "{}", #"{"algorithmName":"pagerank","parameters":{"alpha":0.85}}"#,
            #"{"command":"g.V().has('name','sky')","n":[1,2]}"#, "http://host/path@a?b=c",
            "a secret of the graph", "basic configuration of the graph", "100% of n, 5%26",
            #"["name","value"]"#, #"{"name":"n","value":"sky"}"#, "p('name', 'sky')", "PRIVATE KEY",
            #"{"mask":"0f","task":"t","author":"a"}"#,
        ]
    )
    func untouched(text: String) {
        #expect(SecretFields.hidden(in: text) == text)
    }

    @Test("A task is quoted without the keys in its request, and cut off where it is long")
    func task() throws {
        let long = #"{"sk":"planted","pad":""# + String(repeating: ".", count: 90_000)
        let quoted = try #require(
            GraphTask(id: "t", state: .running, rawRequest: Secret(long)).quotableRequest
        )
        #expect(quoted.hasPrefix(#"{"sk":"<secret>","pad":"..."#))
        #expect(quoted.utf8.count < 66_000)
        #expect(
            !"\(GraphTask(id: "t", state: .running, rawRequest: Secret(long)))".contains("planted")
        )
    }
}
