//! Rate limits: for each person whatever their token, for each address without one.

use crate::support::{Grant, World, both_engines};

both_engines!(people_are_limited with [("limits.per_person", "60"), ("limits.burst", "5")]);
both_engines!(strangers_are_limited with [("limits.per_stranger", "5")]);

async fn people_are_limited(world: &World) {
    let first = world.admin.get("/me").await.expect(200);
    assert_eq!(first.header("x-ratelimit-limit"), "60");
    assert_eq!(first.header("x-ratelimit-remaining"), "4");
    let mut refused = None;
    for _ in 0..10 {
        let answer = world.admin.get("/me").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.code(), "RATE_LIMIT_EXCEEDED");
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Another token of the same person is no way around, another person is not held up.
    let another = world.token(&world.admin, "another", Grant::default()).await;
    another.get("/me").await.expect(429);
    world.standard.get("/me").await.expect(200);
}

async fn strangers_are_limited(world: &World) {
    for _ in 0..5 {
        world.stranger.get("/me").await.expect(401);
    }
    let refused = world.stranger.get("/me").await.expect(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    let invented = "tsp_".to_owned() + &"x".repeat(37);
    world
        .stranger
        .with_token("invented", &invented)
        .get("/me")
        .await
        .expect(429);
    world.admin.get("/me").await.expect(200);
}
