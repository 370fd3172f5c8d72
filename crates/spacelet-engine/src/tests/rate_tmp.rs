use super::*;
#[tokio::test]
async fn rate_tmp() {
    let engine = Engine::open(settings(None)).unwrap();
    let world = engine.world();
    let value = Bytes::from(vec![1u8; 200]);
    let t = std::time::Instant::now();
    for n in 0..300_000u32 {
        let (v, k) = (value.clone(), [&[PLAIN], &n.wrapping_mul(2654435761).to_be_bytes()[..]].concat());
        world
            .commit(Vec::new(), move |tx, _| {
                tx.put(k, v);
                Ok(())
            })
            .await
            .unwrap();
    }
    println!("rows put/s {:.0}", 300_000.0 / t.elapsed().as_secs_f64());
    let t = std::time::Instant::now();
    let view = world.view();
    let n = view.scan(vec![PLAIN], vec![]).count();
    println!("scan/s {:.0}", n as f64 / t.elapsed().as_secs_f64());
    let dir = tempfile::tempdir().unwrap();
    let engine =
        Engine::open(EngineSettings { durability: crate::Durability::Process, ..settings(Some(dir.path())) }).unwrap();
    let world = engine.world();
    for c in 0..300u32 {
        let v = value.clone();
        world
            .commit(Vec::new(), move |tx, _| {
                for n in 0..1000u32 {
                    tx.put([&[PLAIN], &(c * 1000 + n).wrapping_mul(2654435761).to_be_bytes()[..]].concat(), v.clone());
                }
                Ok(())
            })
            .await
            .unwrap();
    }
    let t = std::time::Instant::now();
    let view = world.view();
    let n = view.scan(vec![PLAIN], vec![]).count();
    println!("sled scan/s {:.0}", n as f64 / t.elapsed().as_secs_f64());
    let t = std::time::Instant::now();
    for i in 0..100_000u32 {
        let k = [&[PLAIN], &i.wrapping_mul(2654435761).to_be_bytes()[..]].concat();
        view.scan(k, vec![]).next().unwrap().unwrap();
    }
    println!("sled seek {:?}", t.elapsed() / 100_000);
    let t = std::time::Instant::now();
    for i in 0..100_000u32 {
        let k = [&[PLAIN], &i.wrapping_mul(2654435761).to_be_bytes()[..]].concat();
        view.get(&k).unwrap().unwrap();
    }
    println!("sled get {:?}", t.elapsed() / 100_000);
}
