//! The QR code says what the address says.

use serde_json::json;

use super::ENROL;
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

/// Paints the rectangles `M{left} {top}h{width}v{height}H{left}V{top}` of the one path, dark on light.
fn painted(svg: &str) -> (usize, Vec<u8>) {
    let attribute = |name: &str| svg.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap();
    let side: usize = attribute("width").parse().unwrap();
    let mut pixels = vec![255; side * side];
    for rectangle in attribute("d").split('M').skip(1) {
        let numbers = rectangle.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse::<usize>().unwrap());
        let [left, top, width, height, ..] = numbers.collect::<Vec<_>>()[..] else { panic!("{rectangle}") };
        for row in top..top + height {
            pixels[row * side + left..row * side + left + width].fill(0);
        }
    }
    (side, pixels)
}

#[tokio::test]
async fn the_picture_is_the_address() {
    let app = TestApp::start().await;
    let long = format!("{}.{}", "o".repeat(60), "x".repeat(120));
    app.admin("ada").await;
    for name in ["carl".to_owned(), long] {
        let email = format!("{name}@example.com");
        let email = if name.len() > 64 { format!("olga@{}.example.com", "x".repeat(60)) } else { email };
        let services = &app.services;
        let role = strongroom::domain::role::Role::Ops;
        let operator = strongroom::services::Caller::Operator;
        services.create_user(&operator, &email, "Somebody", role, PASSWORD).await.unwrap();
        let session = crate::accounts::login(&app, &email, PASSWORD).await.data()["login"].clone();
        let client = app.anonymous().with_token(session["accessToken"].as_str().unwrap());
        let enrolment = client.data(ENROL, json!({"p": PASSWORD})).await["enrolSecondFactor"].clone();
        let svg = enrolment["qrSvg"].as_str().unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>") && !svg.contains("<script"), "{svg}");
        let (side, pixels) = painted(svg);
        let mut reader = quircs::Quirc::default();
        let codes: Vec<_> = reader.identify(side, side, &pixels).map(|code| code.unwrap().decode().unwrap()).collect();
        assert_eq!(codes.len(), 1);
        assert_eq!(String::from_utf8_lossy(&codes[0].payload), enrolment["uri"].as_str().unwrap());
    }
}
