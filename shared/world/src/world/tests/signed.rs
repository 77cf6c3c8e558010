//! Calls of services without an SDK here, signed by the SDK's own signer.

use serde_json::Value;

use super::*;

/// A service as one caller sees it.
pub(in crate::world) struct Signed {
    pub(super) endpoint: String,
    pub(super) clock: TestClock,
    pub(super) keys: Keys,
    pub(super) region: &'static str,
    pub(super) service: &'static str,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The code of a refusal.
    pub(super) code: Option<String>,
    pub(super) body: String,
}

impl Answer {
    /// One member of an answer that is no refusal.
    pub(super) fn read(&self, member: &str) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        let mut body: Value = serde_json::from_str(&self.body).unwrap();
        body[member].take()
    }
}

impl Signed {
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, String::new()).await
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: String) -> Answer {
        let url = format!("{}{path}", self.endpoint);
        let identity = self.keys.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.clock.now().into())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let host = self.endpoint.replace("http://", "");
        let headers = [("host", host.as_str())];
        let signable = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new(method, &url, headers.into_iter(), signable).unwrap();
        let (instructions, _) = sign(request, &params).unwrap().into_parts();
        let request = http::Request::builder().method(method).uri(&url);
        let mut request = request.body(body.clone()).unwrap();
        instructions.apply_to_request_http1x(&mut request);
        let request = reqwest::Request::try_from(request).unwrap();
        let answer = reqwest::Client::new().execute(request).await.unwrap();
        let code = answer.headers().get("x-amzn-errortype");
        Answer {
            status: answer.status().as_u16(),
            code: code.map(|code| code.to_str().unwrap().to_owned()),
            body: answer.text().await.unwrap(),
        }
    }
}
