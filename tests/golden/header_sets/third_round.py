"""Sets written after the second round of tuning; they guided the third and last."""

from __future__ import annotations

from tests.golden.header_sets.table import HeaderSet

SETS = (
    HeaderSet("苏宁 商家订单", "lines", "merchant centre, help pages", """
        订单号 =order_id | 订单行号 ~code | 下单日期 =ordered_at | 商品编码 =product_id | 商品名称 =product |
        购买数量 =quantity | 商品单价 =unit_price | 支付金额 =amount | 店铺优惠 =discount ~some_money | 运费 |
        会员编号 =customer_id | 收货人 =customer_name | 联系电话 =phone | 收货省份 =region | 收货城市 =city |
        收货地址 | 订单状态 =status | 发票类型 | 买家留言"""),
    HeaderSet("京东到家 订单", "lines", "merchant centre, help pages", """
        订单编号 =order_id | 订单来源 =channel | 门店名称 =store | 门店编号 | 下单时间 =ordered_at | 妥投时间 |
        订单状态 =status | 商品总金额 | 优惠总金额 =discount | 用户实付金额 =amount | 运费 | 打包费 |
        顾客姓名 =customer_name,customer_id | 顾客电话 =customer_id,phone ~phone | 所在城市 =city | 备注"""),
    HeaderSet("小鹅通 订单", "lines", "knowledge shop export, API documentation", """
        订单编号 =order_id | 用户ID =customer_id | 用户昵称 ~nick | 用户姓名 =customer_name | 手机号 =phone |
        商品名称 =product | 商品类型 | 订单状态 =status | 原价(元) | 实付金额(元) =amount | 优惠金额(元) =discount |
        支付方式 | 下单时间 =ordered_at | 支付时间 | 订单来源 =channel | 推广员 ~name"""),
    HeaderSet("千云美容 消费", "lines", "salon software, common columns", """
        单号 =order_id | 开单时间 =ordered_at | 顾客编号 =customer_id | 顾客姓名 =customer_name | 手机号码 =phone |
        服务项目 =product ~goods | 数量 =quantity | 原价 | 实收金额 =amount | 欠款 ~some_money | 美容师 ~name |
        门店 =store | 备注"""),
    HeaderSet("金蝶 K3 销售发票", "lines", "ERP report, forum posts", """
        开票日期 =ordered_at ~day | 发票号码 =order_id | 购货单位代码 =customer_id |
        购货单位名称 =customer_name ~name | 物料代码 =product_id | 物料名称 =product | 规格型号 ~label |
        数量 =quantity | 含税单价 =unit_price | 金额 | 税额 | 价税合计 =amount | 部门 ~label | 业务员 | 摘要"""),
    HeaderSet("SAP 销售明细", "lines", "VA05-like list with Chinese labels", """
        销售凭证 =order_id ~order | 凭证日期 =ordered_at ~day | 售达方 =customer_id ~id |
        售达方名称 =customer_name ~name | 物料 =product_id ~code | 物料描述 =product ~goods | 订单数量 =quantity |
        销售单位 ~label | 净价 =unit_price ~money | 净值 =amount ~money | 凭证货币 ~label | 工厂 ~label |
        分销渠道 =channel"""),
    HeaderSet("药店 POS 流水", "lines", "till report, common columns", """
        销售日期 =ordered_at | 小票号 =order_id | 门店名称 =store | 商品编码 =product_id | 通用名称 =product ~goods |
        生产厂家 ~label | 规格 ~label | 销售数量 =quantity | 零售价 =unit_price | 实售金额 =amount | 成本金额 =cost |
        毛利额 =profit | 会员卡号 =customer_id | 会员姓名 =customer_name | 收款员 ~name"""),
    HeaderSet("酒店 订单", "lines", "hotel PMS export, common columns", """
        订单号 =order_id | 渠道 =channel | 房型 =product ~goods | 入住日期 ~day | 离店日期 ~day |
        间夜数 =quantity ~few | 入住人 =customer_name ~name | 联系电话 =customer_id,phone |
        预订时间 =ordered_at ~moment | 订单总价 =amount | 订单状态 =status | 备注"""),
    HeaderSet("Lazada orders", "lines", "seller centre export, repositories", """
        orderItemId ~code | lazadaId ~code | sellerSku =product_id ~code | lazadaSku =product_id ~code |
        createTime =ordered_at ~moment | updateTime ~moment | orderNumber =order_id | invoiceRequired ~yesno |
        customerName =customer_name | customerEmail =customer_id ~email | shippingName =customer_name ~name |
        shippingAddress ~address | shippingPhone =phone | shippingCity =city | shippingPostCode ~code |
        shippingCountry =region ~region | payMethod ~label | paidPrice =amount ~money | unitPrice =unit_price |
        sellerDiscountTotal =discount ~some_money | shippingFee ~money | itemName =product | variation ~label |
        status =status"""),
    HeaderSet("Lightspeed sales", "lines", "till export, help pages", """
        Receipt Number =order_id | Sale Date =ordered_at ~moment | Register ~label | Outlet =store |
        Customer Code =customer_id | Customer Name =customer_name | SKU =product_id | Product =product |
        Quantity =quantity | Sale Price =unit_price | Discount =discount ~some_money | Line Total =amount |
        Cost =cost | Sold By ~name | Status =status | Note"""),
    HeaderSet("Clover orders", "lines", "till export, help pages", """
        Order ID =order_id ~uuid | Order Date =ordered_at ~moment | Order Number =order_id ~code |
        Order Employee Name ~name | Customer ID =customer_id | Customer Name =customer_name |
        Customer Phone Number =phone | Item Name =product ~goods | Item Quantity =quantity | Item Total =amount |
        Discount =discount | Tax Amount | Order Total ~money | Payment State =status |
        Refunds Total =refund_amount ~some_money"""),
    HeaderSet("PrestaShop orders", "lines", "SQL manager export, repositories", """
        id_order =order_id | reference =order_id ~uuid | id_customer =customer_id | customer =customer_name ~name |
        email ~email | total_paid_tax_incl =amount ~money | total_products ~money | total_shipping | payment ~label |
        osname =status ~status | date_add =ordered_at ~moment | date_upd ~moment | country_name =region ~region"""),
    HeaderSet("Superstore", "lines", "Tableau sample, English", """
        Row ID ~row | Order ID =order_id | Order Date =ordered_at ~us_day | Ship Date ~us_day | Ship Mode ~label |
        Customer ID =customer_id | Customer Name =customer_name | Segment ~label | Country =region | City =city |
        State =region | Postal Code | Region =region | Product ID =product_id | Category =category |
        Sub-Category ~label | Product Name =product | Sales =amount | Quantity =quantity | Discount =discount |
        Profit =profit"""),
    HeaderSet("Chargebee invoices", "lines", "invoice export, documentation", """
        Invoice Number =order_id | Customer Id =customer_id | Subscription Id ~uuid | Status =status |
        Invoice Date =ordered_at ~moment | Start Date ~moment | Amount =amount | Amount Due ~some_money |
        Amount Paid =amount ~money | Refunded Amount =refund_amount | Currency | Customer First Name =customer_name |
        Customer Last Name =customer_name | Customer Email ~email | Customer Company ~label"""),
    HeaderSet("瑞幸式 会员", "customers", "membership system, common columns", """
        会员ID =customer_id | 会员昵称 =customer_name ~nick | 会员手机 =phone | 性别 =gender | 年龄 =age |
        会员等级 =member_level | 注册门店 =store | 注册渠道 =channel | 注册时间 =registered_at | 最近一次消费时间 |
        累计消费金额 | 城市 =city"""),
    HeaderSet("企业微信 客户", "customers", "contact export, help pages", """
        客户名称 =customer_name ~nick | 外部联系人ID =customer_id ~uuid | 手机 =phone | 性别 =gender | 添加人 ~name |
        添加时间 =registered_at | 添加渠道 =channel | 标签 | 企业 ~label | 备注"""),
    HeaderSet("Pipedrive people", "customers", "list export, help pages", """
        Person - ID =customer_id | Person - Name =customer_name | Person - Phone =phone | Person - Email ~email |
        Person - Organization ~label | Person - Owner ~name | Person - Person created =registered_at ~moment |
        Person - Last activity date ~moment"""),
    HeaderSet("Snowplow events", "events", "canonical event model", """
        app_id ~few | platform =channel ~label | collector_tstamp =occurred_at ~moment |
        derived_tstamp =occurred_at ~moment | event =event ~label | event_id ~uuid | user_id =user_id |
        domain_userid =user_id ~uuid | domain_sessionid =session_id ~session | event_name =event |
        geo_country =region ~region | geo_region =region ~region | geo_city =city | page_urlpath ~label |
        mkt_source =channel ~channel | br_lang ~label"""),
    HeaderSet("App 埋点日志", "events", "a data team's table, common columns", """
        log_id ~uuid | uid =user_id ~id | device_id =user_id ~uuid | event_code =event ~event |
        event_ts =occurred_at ~unix | session_id =session_id | page ~label | item_id =product_id | channel =channel |
        province =region | city =city"""),
    HeaderSet("酒店点评", "reviews", "travel site crawlers on GitHub", """
        酒店名称 =store ~store | 用户名 =customer_id ~nick | 入住房型 =product ~goods | 入住时间 ~day |
        点评分数 =rating ~stars | 点评标题 ~label | 点评内容 =text | 点评日期 =reviewed_at ~day | 酒店回复 =reply"""),
    HeaderSet("App Store reviews", "reviews", "App Store Connect API, repositories", """
        Date =reviewed_at ~iso | Author =customer_id ~nick | Rating =rating | Title ~label | Review =text |
        Version ~label | Territory ~region | Developer Response =reply ~reply"""),
)  # fmt: skip
